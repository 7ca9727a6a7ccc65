/** What cells are called: by their scenario, and their queue where there are several. */
export function labelsOf(names: readonly { readonly scenario: string; readonly queue: string }[]): readonly string[] {
  const isOneQueue = names.every(({ queue }) => queue === names[0]?.queue)
  return names.map(({ scenario, queue }) => (isOneQueue ? scenario : `${scenario} on ${queue}`))
}
