import { type Comparison, comparisons, isContradicted } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { short } from '../numbers.js'
import { replicatesOf } from '../replication.js'
import { tailOf } from '../tail.js'

function tailText(comparison: Comparison, document: Document): string {
  const tail = tailOf(comparison, document)
  return tail === undefined
    ? ''
    : `; about ${short(tail.beyond)} of its ${short(tail.items)} items lie beyond ${tail.percentile}`
}

function check(document: Document) {
  return comparisons(document).flatMap((comparison) => {
    const { table, row, others, columns, sentence } = comparison
    const rows = [row, ...others]
    const hasSpread = rows.some((one) => columns.some(({ column }) => one.values.get(column.index)?.low !== undefined))
    const few = rows.filter((one) => replicatesOf(document, table, one) < 2)
    const measured = columns.filter(({ column }) => rows.every((one) => one.values.has(column.index)))
    if (isContradicted(comparison) || hasSpread || few.length === 0 || measured.length === 0) return []
    const shown = (measured.at(-1) as (typeof measured)[number]).column
    const figures = rows.map((one) => `${one.names[0]} ${one.values.get(shown.index)?.text}`).join(', ')
    return [
      {
        line: sentence.line,
        says: quote(sentence.text),
        carries: `one figure a row (line ${table.line}), no replicates and no spread: ${figures} in ${shown.title}${tailText(comparison, document)}`,
        advice: 'measure each several times in random order, and show the spread',
      },
    ]
  })
}

export const singleRun: Rule = {
  name: 'single-run',
  finds: 'rows compared that were measured once, as far as the document says: no count of runs, no range',
  example: '"B is slower than A" of 1.62 and 0.299 ms, one run each: another run may turn them round',
  check,
}
