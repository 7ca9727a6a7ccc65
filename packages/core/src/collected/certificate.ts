import type { Unavailable } from '../pipeline.js'
import type { Role } from '../queue.js'
import type { Scenario } from '../scenario.js'

/** What `n` readings of one thing gave. */
export interface Spread {
  readonly n: number
  readonly median: number
  readonly min: number
  readonly max: number
}

/**
 * Bounds of what the consumer's clock reads more than the producer's at the same moment: `lo` ≤ offset ≤ `hi`. Two reads
 * of one clock have 0 between them.
 */
export interface ClockSkew {
  /** Messages to and fro. */
  readonly n: number
  readonly lo: number
  readonly hi: number
  /** Stamps that lie before one that was taken earlier, in the other thread or in the same: 0 where the clock is sound. */
  readonly backwards: number
}

/** A thread that does nothing but read the clock sees time jump where the machine did something else. */
export interface HostNoise {
  /** How long it looked. */
  readonly watched_ns: number
  /** Between two readings that follow one another. */
  readonly largest_gap_ns: number
  /** Gaps of more than 1 µs, and the part of the time that they are, 0 to 1. */
  readonly gaps: number
  readonly share: number
}

/** How much later than asked for the producer comes back from one length of wait. */
export interface PacerError {
  readonly wait_ns: number
  readonly overshoot_ns: Spread
}

/** One figure for each thread. */
export type PerThread<Figure> = Readonly<Record<Role, Figure | Unavailable>>

/**
 * What the instruments of one replicate were good for: measured by the pipeline's own two threads, where they ran, when
 * the run was over. Nanoseconds, and fractions of them where many readings are one figure.
 */
export interface Certificate {
  /** One reading of the clock, stored as the recorder stores it. */
  readonly stamp_ns: PerThread<Spread>
  readonly skew_ns: ClockSkew | Unavailable
  /** One way of a word between the threads, as stamps see it: half of each round trip. */
  readonly handoff_ns: Spread | Unavailable
  /** What an item costs more when it is recorded, at each end. */
  readonly recorder_ns: PerThread<Spread>
  readonly pacer: { readonly pacing: Scenario['pacing']; readonly waits: readonly PacerError[] } | Unavailable
  readonly noise: PerThread<HostNoise>
  /** The figure below which a one-way latency of this replicate means nothing. */
  readonly floor_ns: number | Unavailable
}
