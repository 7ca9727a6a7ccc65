import type { Phase, Unavailable } from '../pipeline.js'
import type { Tier } from './tier.js'

/**
 * A count in the event's unit, or why there is none: `<not supported>` (this machine can't count it) and `<not counted>`
 * (it never had a counter) are perf's own words.
 */
export type PerfStatValue = number | '<not supported>' | '<not counted>' | Unavailable

/** One event over one measured phase. */
export interface PerfStatEvent {
  /** As perf names it. A `:u` that was not asked for is perf's: it may count user space only. */
  readonly event: string
  readonly tier: Tier
  /** `msec`, `ns`, `Joules`…; empty: a number of occurrences. */
  readonly unit: string
  /** Of producer and consumer together; a number only where both have one. */
  readonly value: PerfStatValue
  readonly producer: PerfStatValue
  readonly consumer: PerfStatValue
  /** Of the other threads of their process together: no part of `value`, but of what `perf stat -p` counts. */
  readonly others: PerfStatValue
  /**
   * Share of its time, 0 to 1, in which the event had a counter: the lower of the two threads. Below 1 events took
   * turns, and the values are perf's extrapolation. Absent where nothing was counted.
   */
  readonly running_share?: number
}

/** The counts of one measured phase, or why there are none. */
export type PerfStatPhase =
  | {
      readonly phase: Phase['name']
      /** Wall time in which the counters were on: the phase, and the way from and to the gate. Nanoseconds. */
      readonly window_ns: number
      /** In the order asked for. */
      readonly events: readonly PerfStatEvent[]
    }
  | ({ readonly phase: Phase['name'] } & Unavailable)

/** What the `perf-stat` collector stores. */
export interface PerfStatData {
  /** The list of events as perf was given it. */
  readonly events: string
  /** In the order measured. */
  readonly phases: readonly PerfStatPhase[]
}
