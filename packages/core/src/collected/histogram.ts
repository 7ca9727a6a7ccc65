import type { Unavailable } from '../pipeline.js'

/** One distribution of nanoseconds. Percentiles are by nearest rank. */
export interface LatencySummary {
  /** Values recorded. */
  readonly n: number
  /** Exact. */
  readonly min_ns: number
  /** Exact. */
  readonly max_ns: number
  readonly mean_ns: number
  readonly p50_ns: number
  readonly p90_ns: number
  readonly p95_ns: number
  readonly p99_ns: number
  readonly p99_9_ns: number
  /** Occupied buckets, ascending: [lowest value, width, count], 0.8 % wide; enough to draw or merge distributions. */
  readonly buckets: readonly (readonly [number, number, number])[]
}

/** What the `histogram` collector stores. */
export interface HistogramData {
  /** Push to pop: from the call of push to the return of pop. */
  readonly latency: LatencySummary | Unavailable
  /** Intended send to the end of the consumer's work. */
  readonly response: LatencySummary | Unavailable
  /** Sampled items that were dropped: they have no latency and count in no percentile. */
  readonly dropped: number
  /** Sampled items that were pushed and never popped: a fault of the queue. They count in no percentile. */
  readonly lost: number
  /** Latencies and responses below zero: a fault of the clock or the pacer. They count in no percentile. */
  readonly negative: { readonly latency: number; readonly response: number }
  /** Values above 2^53 − 1 ns, recorded as that. */
  readonly clamped: number
}
