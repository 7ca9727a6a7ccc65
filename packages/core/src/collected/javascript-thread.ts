import type { Unavailable } from '../pipeline.js'

/** Collections of garbage that began within a phase, of whatever kind; the thread stands still in them, or in parts. */
export interface GarbageCollections {
  readonly count: number
  /** Nanoseconds in all, and of the longest. */
  readonly ns: number
  readonly max_ns: number
}

/** How much later than asked for a timer of 10 ms fired, in nanoseconds, to 1 ms: libuv's timers have whole ones. */
export interface EventLoopDelay {
  /** Times it fired. */
  readonly n: number
  readonly p50_ns: number
  readonly p99_ns: number
  readonly max_ns: number
}

/** What a worker saw of its own JavaScript in one phase. */
export interface JavaScriptThread {
  readonly gc: GarbageCollections | Unavailable
  readonly event_loop_delay: EventLoopDelay | Unavailable
}
