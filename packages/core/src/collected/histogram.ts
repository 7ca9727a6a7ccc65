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

/** The distribution of one stretch of a phase. Percentiles are by nearest rank. */
export interface WindowFigures {
  readonly n: number
  readonly p50_ns: number
  readonly p99_ns: number
  readonly max_ns: number
}

/** The sampled items that were due (at interval 0: sent) in one stretch of the phase. */
export interface LatencyWindow {
  /** Beginning, in seconds from when the first sampled item was due. */
  readonly start_s: number
  readonly latency: WindowFigures | Unavailable
  readonly response: WindowFigures | Unavailable
  /** Items that were dropped at a full queue. */
  readonly dropped: number
}

/** The sampled items whose work was done within the scenario's deadline, counted from when they were due. */
export interface OnTime {
  readonly deadline_ns: number
  readonly n: number
  /** Of how many: dropped and lost ones are among them, and never on time. */
  readonly of: number
}

/**
 * How old the freshest item is that the consumer has done: it grows with the clock and falls with each item done to the
 * time since that one was due. What a full queue turns away makes it older; so does a long queue, of which every item is
 * old. From the first item done to the last.
 *
 * Kaul, Yates and Gruteser, "Real-time status: How often should one update?", INFOCOM 2012; the peaks after Costa,
 * Codreanu and Ephremides, "On the age of information in status update systems with packet management", 2016.
 */
export interface AgeOfInformation {
  /** Items done, the first one not counted: as many peaks. */
  readonly n: number
  /** Time average. */
  readonly mean_ns: number
  /** Of the peaks, each right before an item was done. Percentiles are by nearest rank. */
  readonly peak_p50_ns: number
  readonly peak_p99_ns: number
  readonly peak_max_ns: number
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
  /** Width of a window: 1 s, or wider where there would be more than 1000. */
  readonly window_s: number
  /** Those with items, in order of time. */
  readonly windows: readonly LatencyWindow[]
  /** Unavailable where the scenario has no deadline. Absent here and below: measured before there were these figures. */
  readonly on_time?: OnTime | Unavailable
  /** Unavailable where not every item was stamped. */
  readonly age?: AgeOfInformation | Unavailable
}
