import type { Certificate } from './collected/certificate.js'
import type { JavaScriptThread } from './collected/javascript-thread.js'
import type { Fault } from './faults.js'
import type { Placement } from './placement.js'
import type { Role } from './queue.js'
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
  /** Delays to put in; absent: none. */
  readonly faults?: readonly Fault[]
  /** Aborts while the threads are being made: the pipeline then rejects and leaves none behind. */
  readonly signal: AbortSignal
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
  /** Nanoseconds from the gate to the first offer: the consumer is on its way into its wait when the gate opens. */
  readonly settleNs: number
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
  /** Items whose due time fell into the phase: what a kept schedule offers. At interval 0: `offered`. */
  readonly scheduled: number
  /** Clock at the first offer, when the producer stopped offering, and after the last item was consumed: nanoseconds. */
  readonly startNs: bigint
  readonly offersEndNs: bigint
  readonly endNs: bigint
  /** Of a paced phase: time that pushes waited for room in a full queue. Absent where the pipeline keeps no account. */
  readonly blockedNs?: number
  /** Of a paced phase: how far past the due time the producer went on where it had waited for one, summed. */
  readonly lateNs?: number
  /** How long each thread was ready to run without a CPU in this phase. */
  readonly producerRunDelayNs?: number | Unavailable
  readonly consumerRunDelayNs?: number | Unavailable
  /** What each thread saw of its own JavaScript; absent where none runs in them. */
  readonly javascript?: Readonly<Record<Role, JavaScriptThread>>
}

export interface Thread {
  readonly pid: number
  /** Kernel thread id, or a reason why it is not known. */
  readonly tid: number | Unavailable
  /** How late the kernel may end its sleeps, as the thread read it. Absent where the pipeline doesn't tell. */
  readonly timer_slack_ns?: number | Unavailable
}

/** Two threads around one queue, parked at a gate. */
export interface Pipeline {
  readonly producer: Thread
  readonly consumer: Thread
  /**
   * Opens the gate for one phase; resolves when both ends are parked again and the queue is empty. How the consumer
   * learns of the phase's end is the pipeline's own affair.
   */
  run(phase: Phase): Promise<PhaseCounts>
  /**
   * What the instruments of this pipeline are good for, measured by its own two threads where they run, in about
   * `budgetNs`. Called once, after the last phase: what is measured then can't change what was. Absent: the record says
   * so.
   */
  certify?(budgetNs: number): Promise<Certificate>
  /** Ends both threads, whatever they are doing; resolves when they are gone. A `run` in flight rejects. Idempotent. */
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
