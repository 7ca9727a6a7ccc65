/**
 * The kernel's notation for sets of CPUs, `0-2,5`, as [0, 1, 2, 5]; an empty text is the empty set.
 *
 * @see https://docs.kernel.org/admin-guide/cputopology.html
 */
export function parseCpuList(list: string): number[] {
  return list.split(',').flatMap((part) => {
    if (part.trim() === '') return []
    const [first, last = first] = part.split('-').map(Number) as [number, number?]
    return Array.from({ length: last - first + 1 }, (_, index) => first + index)
  })
}

/** The reverse of {@link parseCpuList}: [0, 1, 2, 5], ascending, as `0-2,5`. */
export function formatCpuList(cpus: readonly number[]): string {
  const ranges: [first: number, last: number][] = []
  for (const cpu of cpus) {
    const range = ranges.at(-1)
    if (range !== undefined && cpu === range[1] + 1) range[1] = cpu
    else ranges.push([cpu, cpu])
  }
  return ranges.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
}
