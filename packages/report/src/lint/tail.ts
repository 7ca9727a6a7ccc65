import { durationOf } from './commands.js'
import type { Comparison } from './comparisons.js'
import type { Document } from './document.js'
import type { LintRow } from './tables.js'

/** How many items a percentile rests on. */
export interface Tail {
  readonly percentile: string
  readonly items: number
  /** Items beyond the percentile. */
  readonly beyond: number
}

/** What every command measured for, in seconds, where they all say the same. */
function durationIn({ commands }: Document): number | undefined {
  const durations = commands.filter(({ isCommand }) => isCommand).map(({ options }) => durationOf(options))
  const said = [...new Set(durations.filter((seconds) => seconds !== undefined))]
  return said.length === 1 ? said[0] : undefined
}

/**
 * Items beyond the highest percentile that a sentence compares, of its row with the fewest; `undefined` where no column
 * counts items and throughput and duration are not both there.
 */
export function tailOf({ table, row, others, columns }: Comparison, document: Document): Tail | undefined {
  const percentiles = columns.map(({ column }) => column.percentile).filter((name) => name !== undefined)
  const percentile = percentiles.sort().at(-1)
  if (percentile === undefined || percentile === 'p50') return undefined
  const valueIn = (one: LintRow, metric: 'items' | 'throughput') => {
    const column = table.columns.find((candidate) => candidate.metric === metric)
    return column && one.values.get(column.index)?.value
  }
  const seconds = durationIn(document) ?? Number.NaN
  const counts = [row, ...others].map(
    (one) => valueIn(one, 'items') ?? (valueIn(one, 'throughput') ?? Number.NaN) * seconds,
  )
  const items = Math.min(...counts)
  if (Number.isNaN(items)) return undefined
  return { percentile, items, beyond: items * (1 - Number(`0.${percentile.slice(1).replace('.', '')}`)) }
}
