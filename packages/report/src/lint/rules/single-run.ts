import { durationOf } from '../commands.js'
import type { Comparison } from '../comparisons.js'
import { comparisons } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { short } from '../numbers.js'
import { replicatesOf } from '../replication.js'

/** Items beyond the highest percentile compared, where throughput and duration tell. */
function tailItems({ table, row, columns }: Comparison, { commands }: Document): string {
  const highest = columns
    .map(({ column }) => column.percentile)
    .filter((name) => name !== undefined)
    .sort()
    .at(-1)
  const rate = table.columns.find(({ metric }) => metric === 'throughput')
  const perSecond = rate && row.values.get(rate.index)?.value
  const seconds = [...new Set(commands.filter(({ isCommand }) => isCommand).map(({ options }) => durationOf(options)))]
  const [only] = seconds
  if (highest === undefined || highest === 'p50' || perSecond === undefined || only === undefined || seconds.length > 1)
    return ''
  const share = 1 - Number(`0.${highest.slice(1).replace('.', '')}`)
  return `; of ${short(perSecond * only)} items in ${short(only)} s about ${short(perSecond * only * share)} lie beyond ${highest}`
}

function check(document: Document) {
  return comparisons(document).flatMap((comparison) => {
    const { table, row, others, columns, sentence } = comparison
    const rows = [row, ...others]
    const hasSpread = rows.some((one) => columns.some(({ column }) => one.values.get(column.index)?.low !== undefined))
    const few = rows.filter((one) => replicatesOf(document, table, one) < 2)
    const measured = columns.filter(({ column }) => rows.every((one) => one.values.has(column.index)))
    if (hasSpread || few.length === 0 || measured.length === 0) return []
    const shown = (measured.at(-1) as (typeof measured)[number]).column
    const figures = rows.map((one) => `${one.names[0]} ${one.values.get(shown.index)?.text}`).join(', ')
    return [
      {
        line: sentence.line,
        says: quote(sentence.text),
        carries: `one figure a row (line ${table.line}), no replicates and no spread: ${figures} in ${shown.title}${tailItems(comparison, document)}`,
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
