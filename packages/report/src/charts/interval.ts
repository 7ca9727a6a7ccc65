import { orderStatistics } from '@spsc/core'
import { ascending, kthOf, medianOf, type Reading } from '../reading.js'

/** What the replicates of one cell say of one figure. */
export interface Spread {
  readonly median: Reading
  /** Absent with one replicate. */
  readonly interval?: {
    readonly low: Reading
    readonly high: Reading
    /** Chance that such an interval holds the median of all replicates there could be; absent: it is the mere range. */
    readonly coverage?: number
  }
}

/**
 * Median of the replicates with its interval: by order statistics from 6 replicates on, below that their range. Each
 * may only be known to lie below a floor.
 *
 * @param readings at least one
 *
 * @example
 * spreadOf([3, 1, 2].map((value) => readingOf(value, undefined))).median // { value: 2, isBelow: false }
 */
export function spreadOf(readings: readonly Reading[]): Spread {
  const sorted = ascending(readings)
  const n = sorted.length
  const median = medianOf(sorted)
  if (n === 1) return { median }
  const { k, ...coverage } = orderStatistics(n) ?? { k: 1 }
  return { median, interval: { low: kthOf(sorted, k), high: kthOf(sorted, n + 1 - k), ...coverage } }
}

/** What `<` means, for a caption. */
export const BELOW_FLOOR = '<: below what this run could measure; see the certificate in the report.'

/** What the drawn intervals are, for a caption. */
export function intervalNote(spreads: readonly Spread[]): string {
  const intervals = spreads.flatMap(({ interval }) => (interval === undefined ? [] : [interval]))
  const coverages = [...new Set(intervals.flatMap(({ coverage }) => coverage ?? []))].sort((a, b) => a - b)
  const notes: string[] = []
  if (coverages.length > 0) {
    const percents = [...new Set(coverages.map((coverage) => (coverage * 100).toFixed(1)))]
    const text = percents.length === 1 ? percents[0] : `${percents[0]} to ${percents.at(-1)}`
    notes.push(`Bar: ${text} % interval of the median by order statistics.`)
  }
  if (intervals.some(({ coverage }) => coverage === undefined)) {
    notes.push('Thin line: lowest to highest replicate, no confidence interval (that takes 6).')
  }
  if (spreads.some(({ interval }) => interval === undefined)) {
    notes.push('One replicate has no interval: a difference can be chance.')
  }
  return notes.join(' ')
}
