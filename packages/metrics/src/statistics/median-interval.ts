import { orderStatistics } from '@spsc/core'
import { median } from 'simple-statistics'

/** A median with the interval that holds it, and the chance that it does. */
export interface MedianInterval {
  readonly median: number
  readonly low: number
  readonly high: number
  /** 0.95 or more. */
  readonly coverage: number
}

/**
 * The median of values and its {@link orderStatistics} interval; `undefined` where they are too few for one (fewer than 6
 * at 95 %).
 *
 * @example
 * medianInterval([3, 1, 2, 6, 5, 4]) // { median: 3.5, low: 1, high: 6, coverage: 0.96875 }
 */
export function medianInterval(values: readonly number[], wanted?: number): MedianInterval | undefined {
  const statistics = orderStatistics(values.length, wanted)
  if (statistics === undefined) return undefined
  const { k, coverage } = statistics
  const sorted = [...values].sort((a, b) => a - b)
  return {
    median: median(sorted),
    low: sorted[k - 1] as number,
    high: sorted[values.length - k] as number,
    coverage,
  }
}
