import { EventEmitter } from 'eventemitter3'
import type { ResultRecord } from './record.js'
import type { Scenario } from './scenario.js'

/** Which replicate of which cell an event speaks of. */
export interface ReplicateRef {
  /** Label of the cell. */
  readonly scenario: string
  readonly queue: string
  /** From 1. */
  readonly replicate: number
  /** Position in the order of measurement, from 1, and how many there are. */
  readonly order: number
  readonly total: number
}

/** What a run tells while it works. Nothing is emitted while a measured phase is hot. */
export interface RunEvents {
  /** The first replicate of a cell is about to start. */
  scenario: (event: { readonly scenario: string; readonly queue: string; readonly config: Scenario }) => void
  /** A replicate is about to start. */
  replicate: (event: ReplicateRef) => void
  /** A phase is about to start, or (phase `done`) the replicate has ended. `remainingS` is an estimate for the run. */
  progress: (event: ReplicateRef & { readonly phase: string; readonly remainingS: number }) => void
  /** Something that does not stop the run but belongs in its reading. */
  warning: (event: ReplicateRef & { readonly message: string }) => void
  /** A replicate has ended and its record is stored. */
  result: (record: ResultRecord) => void
}

/**
 * A run in progress: an emitter of {@link RunEvents} that can be cancelled.
 *
 * @example
 * run.on('result', (record) => console.log(record.scenario, record.status))
 * setTimeout(() => run.cancel(), 1000)
 */
export class Run extends EventEmitter<RunEvents> {
  readonly #controller = new AbortController()
  /** Aborts when the run is cancelled. */
  readonly signal: AbortSignal

  /** @param signal cancels the run when it aborts */
  constructor(signal?: AbortSignal) {
    super()
    const own = this.#controller.signal
    this.signal = signal === undefined ? own : AbortSignal.any([own, signal])
  }

  /** Stops the replicate in flight; what has been stored stays. Idempotent. */
  cancel(reason?: unknown): void {
    this.#controller.abort(reason)
  }
}
