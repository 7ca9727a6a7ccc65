import { distributionOf } from './distribution.js'
import type { Evidence } from './evidence.js'
import { floorOf } from './floor.js'
import type { Inline } from './section.js'

/** Within which the p99 of a row's replicates lie, in nanoseconds. */
export interface Range {
  readonly name: Inline
  readonly low: number
  readonly high: number
}

/**
 * The range of p99 over the replicates that have one; `undefined` where that is less than two. What lies below its floor
 * may lie anywhere down to 0.
 */
export function p99RangeOf({ name, measured }: Evidence): Range | undefined {
  const bounds = measured.flatMap((record) => {
    const ns = distributionOf(record, 'latency')?.p99_ns
    const floor = floorOf(record) ?? 0
    if (ns === undefined) return []
    return [ns < floor ? { low: 0, high: floor } : { low: ns, high: ns }]
  })
  if (bounds.length < 2) return undefined
  const [low, high] = [Math.min(...bounds.map((bound) => bound.low)), Math.max(...bounds.map((bound) => bound.high))]
  return { name, low, high }
}

/**
 * Groups of at least two ranges that share a value, none of them part of another. The lowest value that a group shares is
 * where one of its ranges begins.
 */
export function overlapping(ranges: readonly Range[]): readonly (readonly Range[])[] {
  const begins = [...new Set(ranges.map(({ low }) => low))].sort((a, b) => a - b)
  const groups = begins.map((at) => ranges.filter(({ low, high }) => low <= at && at <= high))
  const isPart = (group: readonly Range[]) =>
    groups.some((other) => other.length > group.length && group.every((range) => other.includes(range)))
  return groups.filter((group) => group.length > 1 && !isPart(group))
}
