import type { Placement } from './placement.js'
import type { Scenario } from './scenario.js'
import type { Trace } from './trace.js'

/** What a pipeline is built from. */
export interface PipelineSetup {
  readonly scenario: Scenario
  /** Rows to fill; their `number` column says which items are sampled. */
  readonly trace: Trace
  /** Seeds whatever the pipeline draws at random (arrival gaps). */
  readonly seed: number
  readonly placement: Placement
}

/** A stretch of the pipeline's life between two gates, with both ends parked before and after. */
export interface Phase {
  /**
   * `warmup` is discarded. A paced scenario has one measured phase, `paced`. At interval 0 there are two:
   * `throughput`, unstamped, gives `ops_s`; `sampled` gives the latencies.
   */
  readonly name: 'warmup' | 'paced' | 'throughput' | 'sampled'
  /** How long the producer offers items, in nanoseconds. */
  readonly durationNs: number
  /** Nanoseconds between two items; 0: as fast as the queue takes them. */
  readonly intervalNs: number
  /** Whether the trace is filled. */
  readonly stamped: boolean
}

/** What the two ends counted, each for itself: `delivered` is the consumer's own count. */
export interface PhaseCounts {
  readonly offered: number
  readonly delivered: number
  readonly dropped: number
  /** Items that did not arrive in the order they were pushed. */
  readonly outOfOrder: number
  /** Clock at the first offer and after the last item was consumed, in nanoseconds. */
  readonly startNs: bigint
  readonly endNs: bigint
}

export interface Thread {
  readonly pid: number
  /** Kernel thread id, or a reason why it is not known. */
  readonly tid: number | Unavailable
}

/** Two threads around one queue, parked at a gate. */
export interface Pipeline {
  readonly producer: Thread
  readonly consumer: Thread
  /** Opens the gate for one phase; resolves when both ends are parked again. */
  run(phase: Phase): Promise<PhaseCounts>
  /** Ends both threads, whatever they are doing. */
  stop(): Promise<void>
}

/** What stands where a figure could not be had. Never 0, never an empty field. */
export interface Unavailable {
  readonly unavailable: string
}

export function unavailable(reason: string): Unavailable {
  return { unavailable: reason }
}

export function isUnavailable(value: unknown): value is Unavailable {
  return typeof value === 'object' && value !== null && typeof (value as Unavailable).unavailable === 'string'
}
