import type { Document } from './document.js'
import type { LintRow, LintTable } from './tables.js'

const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'twelve', 'twenty']
const REPEATED = new RegExp(
  String.raw`\b(?:(\d+|${WORDS.join('|')})\s+(?:\w+\s+)?(?:runs|replicates|repetitions|repeats|trials|measurements)|(?:repeated|ran|run|measured)\s+(?:\w+\s+)?(\d+|${WORDS.slice(1).join('|')})\s+times|(?:n|R|runs|replicates|repetitions|--(?:replicates|runs|repeat))\s*[=:]?\s*(\d+))\b`,
  'gi',
)
const METHOD = /method|set-?up|how (?:it|this|they|these|we)|procedure|environment|conditions/i

function most(text: string): number {
  const counts = [...text.matchAll(REPEATED)].map((match) => {
    const written = (match[1] ?? match[2] ?? match[3] ?? '').toLowerCase()
    const word = WORDS.indexOf(written)
    return word === -1 ? Number(written) : ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20][word] as number)
  })
  return Math.max(0, ...counts)
}

/**
 * How often a row was measured, as far as the document says: in a column of its table, in the table's section or its
 * heading, in what stands before the first heading below the title, in a section on the method. 0 where nothing says.
 */
export function replicatesOf({ sentences, sections, commands }: Document, table: LintTable, row: LintRow): number {
  const column = table.columns.find(({ metric }) => metric === 'replicates')
  const own = column && row.values.get(column.index)?.value
  if (own !== undefined) return own
  const around = new Set([table.section, 0, 1])
  for (const { number, title } of sections) if (METHOD.test(title)) around.add(number)
  const texts = [
    ...sentences.filter(({ section }) => around.has(section)).map(({ text }) => text),
    ...sections.filter(({ number }) => around.has(number)).map(({ title }) => title),
  ]
  const options = commands
    .filter(({ section }) => around.has(section))
    .flatMap(({ options }) =>
      options.filter(({ name }) => /^(?:replicates|runs|repeat|repetitions|count|r)$/.test(name)),
    )
  return Math.max(most(texts.join('\n')), ...options.map(({ value }) => value))
}
