import type { Document } from './document.js'
import type { LintRow, LintTable } from './tables.js'

const WORDS = ['one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten', 'twelve', 'twenty']
const REPEATED = new RegExp(
  String.raw`\b(?:(\d+|${WORDS.join('|')})\s+(?:\w+\s+)?(?:runs|replicates|repetitions|repeats|trials|measurements)|(?:repeated|ran|run|measured)\s+(?:\w+\s+)?(\d+|${WORDS.slice(1).join('|')})\s+times|(?:n|R|runs|replicates|repetitions|--(?:replicates|runs|repeat))\s*[=:]?\s*(\d+))\b`,
  'gi',
)
const RUNS = /^(?:replicates|runs|repeat|repetitions|count|r)$/
const METHOD = /method|set-?up|how (?:it|this|they|these|we)|procedure|environment|conditions/i

function most(text: string): number {
  const counts = [...text.matchAll(REPEATED)].map((match) => {
    const written = (match[1] ?? match[2] ?? match[3] ?? '').toLowerCase()
    const word = WORDS.indexOf(written)
    return word === -1 ? Number(written) : ([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 20][word] as number)
  })
  return Math.max(0, ...counts)
}

const KNOWN = new WeakMap<Document, ReadonlyMap<number, number>>()

/** The most runs that each section tells of, by its number. */
function runsBySection(document: Document): ReadonlyMap<number, number> {
  const known = KNOWN.get(document)
  if (known !== undefined) return known
  const runs = new Map<number, number>()
  const add = (section: number, count: number) => runs.set(section, Math.max(runs.get(section) ?? 0, count))
  for (const { number, title } of document.sections) add(number, most(title))
  for (const { section, text } of document.sentences) add(section, most(text))
  for (const { section, options } of document.commands) {
    for (const { name, value } of options) if (RUNS.test(name)) add(section, value)
  }
  KNOWN.set(document, runs)
  return runs
}

/**
 * How often a row was measured, as far as the document says: in a column of its table, in the table's section or its
 * heading, in what stands before the first heading below the title, in a section on the method. 0 where nothing says.
 */
export function replicatesOf(document: Document, table: LintTable, row: LintRow): number {
  const column = table.columns.find(({ metric }) => metric === 'replicates')
  const own = column && row.values.get(column.index)?.value
  if (own !== undefined) return own
  const methods = document.sections.filter(({ title }) => METHOD.test(title)).map(({ number }) => number)
  const runs = runsBySection(document)
  return Math.max(...[0, 1, table.section, ...methods].map((section) => runs.get(section) ?? 0))
}
