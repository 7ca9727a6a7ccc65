import type { Clock } from './clock.js'
import type { Thread, Unavailable } from './pipeline.js'
import type { Scenario } from './scenario.js'
import type { Trace } from './trace.js'

/** What a collector gets to know when the gate is about to open. */
export interface RunContext {
  readonly scenario: Scenario
  readonly producer: Thread
  readonly consumer: Thread
  readonly trace: Trace
  readonly clock: Clock
}

/**
 * Something that observes a replicate. `start` is called with both threads parked at the gate, `stop` when they are
 * parked again. Nothing of a collector runs while items flow. One that can't work returns `{ unavailable: reason }`; one
 * that throws, in either, is recorded so as well, with a warning. The run's other figures are not affected.
 */
export interface Collector<Data = unknown> {
  readonly name: string
  start(run: RunContext): void | Promise<void>
  /** Plain data for the record. */
  stop(): Data | Unavailable | Promise<Data | Unavailable>
}

/** What a collector module exports: called once per replicate with the plain data that stands beside its name. */
export type CollectorFactory<Options = unknown> = (options: Options) => Collector
