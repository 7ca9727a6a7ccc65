import type { Clock } from './clock.js'
import type { Phase, Thread, Unavailable } from './pipeline.js'
import type { PhaseRecord } from './record.js'
import type { Scenario } from './scenario.js'
import type { Trace } from './trace.js'

/** Accounts cost the consumer 5 % of this. */
export const MIN_ACCOUNTS_INTERVAL_US = 50

/** What a collector gets to know when the gate is about to open. */
export interface RunContext {
  readonly scenario: Scenario
  readonly producer: Thread
  readonly consumer: Thread
  readonly trace: Trace
  readonly clock: Clock
}

/**
 * Something that observes a replicate:
 *
 * ```
 * start   phaseStart ==gate open, items flow== phaseEnd   (at interval 0 once more)   stop
 * ```
 * Each is called with both threads parked; nothing of a collector runs while items flow. One that can't work returns
 * `{ unavailable: reason }`; one that throws is recorded so as well, with a warning. The run's other figures are not
 * affected.
 */
export interface Collector<Data = unknown> {
  readonly name: string
  /**
   * What the trace must hold for it beyond what it always does. `accounts`: the kernel's, where the pipeline can read
   * them. They cost about 2.5 µs an item, so the driver grants them only for a paced scenario of an interval of at least
   * {@link MIN_ACCOUNTS_INTERVAL_US} of which every item has a row; the trace then has `accounts`.
   */
  readonly wants?: readonly 'accounts'[]
  start(run: RunContext): void | Promise<void>
  /** The gate opens when this resolves. */
  phaseStart?(phase: Phase): void | Promise<void>
  /** The trace holds this phase until the next begins. The collector whose `phaseStart` came last is called first. */
  phaseEnd?(phase: PhaseRecord): void | Promise<void>
  /** Plain data for the record, as JSON keeps it. Called after every `start`, also when the run failed in between. */
  stop(): Data | Unavailable | Promise<Data | Unavailable>
}

/** What a collector module exports: called once per replicate with the plain data that stands beside its name. */
export type CollectorFactory<Options = unknown> = (options: Options) => Collector
