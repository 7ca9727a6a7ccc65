import type { HistogramData } from './collected/histogram.js'
import { isUnavailable, type Unavailable } from './pipeline.js'

/** The percentiles that a summary stores, with the share of the items that each leaves at or below it. */
const SHARES = { p50_ns: 0.5, p90_ns: 0.9, p95_ns: 0.95, p99_ns: 0.99, p99_9_ns: 0.999 } as const

/**
 * A percentile of the items that were offered, in nanoseconds, by nearest rank: one that was dropped never arrived, so it
 * ranks above every time, and the percentile is infinite where it is one of those. A percentile of what was delivered
 * leaves out what a full queue turned away, and looks the better the more that is.
 *
 * Where nothing was dropped it is the stored percentile; else it is taken from the stored buckets, at their upper edge
 * (0.8 % wide). What the delivered items have no figure of is unavailable here too: the response at interval 0, where no
 * item is due at a time.
 *
 * @example
 * // of 100 sampled items 2 were dropped
 * percentileOfOffered(histogram, 'response', 'p95_ns') // 812_000
 * percentileOfOffered(histogram, 'response', 'p99_ns') // Infinity
 */
export function percentileOfOffered(
  histogram: Pick<HistogramData, 'latency' | 'response' | 'dropped'> &
    Partial<Pick<HistogramData, 'lost' | 'negative'>>,
  interval: 'latency' | 'response',
  percentile: keyof typeof SHARES,
): number | Unavailable {
  const { latency, dropped, lost = 0, negative = { latency: 0 } } = histogram
  const summary = histogram[interval]
  const never = dropped + lost
  if (isUnavailable(summary)) {
    const isNoneDelivered = isUnavailable(latency) && negative.latency === 0
    return never > 0 && isNoneDelivered ? Number.POSITIVE_INFINITY : summary
  }
  if (never === 0) return summary[percentile]
  // Less than a rank: 0.999 · 1000 must not become 999.0000000001.
  let rank = Math.ceil(SHARES[percentile] * (summary.n + never) - 1e-6)
  for (const [low, width, count] of summary.buckets) {
    rank -= count
    if (rank <= 0) return Math.min(low + width, summary.max_ns)
  }
  return Number.POSITIVE_INFINITY
}
