import type { ResultRecord } from '@spsc/core'
import { median } from 'simple-statistics'
import type { Cell } from '../cells.js'
import { bucketsOf } from '../distribution.js'

/** The latency below or at which a share of a replicate's delivered items stayed. */
export interface Quantiles {
  readonly replicate: number
  /** Items measured. */
  readonly n: number
  /** Milliseconds by nearest rank, read from the stored buckets, each 0.8 % wide; `q` from 0 to 1. */
  readonly at: (q: number) => number
}

/** Index of the first of ascending numbers that is at least `least`. */
function firstFrom(ascending: readonly number[], least: number): number {
  let low = 0
  let high = ascending.length - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) >= least) high = middle
    else low = middle + 1
  }
  return low
}

/** `undefined` where a record stores no buckets. */
function quantilesOf(record: ResultRecord): Quantiles | undefined {
  const stored = bucketsOf(record)
  if (stored === undefined) return undefined
  const { buckets, min_ns, max_ns } = stored
  const ends: number[] = []
  let n = 0
  for (const [, , count] of buckets) {
    n += count
    ends.push(n)
  }
  const at = (q: number) => {
    const rank = Math.min(n, Math.max(1, Math.ceil(q * n - 1e-9)))
    if (rank === 1) return min_ns / 1e6
    if (rank === n) return max_ns / 1e6
    const [lowest, width] = buckets[firstFrom(ends, rank)] as (typeof buckets)[number]
    return Math.min(Math.max(lowest + Math.floor(width / 2), min_ns), max_ns) / 1e6
  }
  return n === 0 ? undefined : { replicate: record.replicate, n, at }
}

/** Those of a cell's replicates that have them. */
export function quantilesOfCell({ records }: Cell): readonly Quantiles[] {
  return records.flatMap((record) => quantilesOf(record) ?? [])
}

/** The median of the replicates at one `q`: what the tables give for p50, p95 and p99. */
export function medianAt(replicates: readonly Quantiles[], q: number): number {
  return median(replicates.map(({ at }) => at(q)))
}
