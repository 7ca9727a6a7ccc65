/** The items of the list in the section with this title; none where the report has no such section. */
export function itemsOf(markdown: string, title: string): readonly string[] {
  const [, rest = ''] = markdown.split(`\n## ${title}\n`)
  const [section = ''] = rest.split('\n## ')
  return section.split('\n').flatMap((line) => (line.startsWith('- ') ? [line.slice(2)] : []))
}

/** The lines of the result table, or of the one in the section named. */
export function table(markdown: string, section = '# t000 — Results'): string[] {
  const [, rest = ''] = markdown.split(`${section}\n`)
  const [text = ''] = rest.split('\n## ')
  return text.split('\n').filter((line) => line.startsWith('|'))
}
