import type { Pipeline, PipelineSetup } from './pipeline.js'

/** The two ends of a queue, by what their thread does. */
export type Role = 'producer' | 'consumer'

/** What a backend's ends bring themselves; whatever is not declared, core derives or the laboratory refuses. */
export interface Supports {
  /** `push` and `pop` block and are woken by the peer, without polling. */
  readonly block?: boolean
  /**
   * `pushAsync` and `popAsync` are woken by the peer, without polling. Without `block`, the laboratory's ends then wait on
   * their event loops.
   */
  readonly async?: boolean
  /** Items may be byte sequences. */
  readonly bytes?: boolean
  /** Items may be plain objects. */
  readonly objects?: boolean
  /** The backend pins its own threads (only with `drive`). */
  readonly pin?: boolean
  /** `drive` moves items of the scenario's `itemBytes`; without this, of one 64-bit word. */
  readonly itemBytes?: boolean
  /** `drive` puts in the faults that it is asked for. */
  readonly faults?: boolean
  /** The handle may be given to another process. */
  readonly crossProcess?: boolean
}

export interface AsyncOptions {
  /** Milliseconds to wait at most; absent: no limit. */
  readonly timeoutMs?: number
  /** Rejects with the signal's reason when aborted. */
  readonly signal?: AbortSignal
}

/**
 * The producing end as a backend provides it: three required members and one flag.
 * {@link deriveProducer} adds the optional ones that are missing.
 */
export interface ProducerEnd {
  /**
   * Appends `value` (an integer from 0 to 2^30); `tryPop` then finds it, though neither thread gets back to its event
   * loop. `false`: the queue is full. Throws `ERR_CLOSED` after this end's `close()`. Whether it also throws once the consumer has closed is the backend's choice: `closed` tells.
   */
  tryPush(value: number): boolean
  /** End of stream: the consumer drains what is there, then ends. Idempotent. */
  close(): void
  /** `true` once either end has been closed. */
  readonly closed: boolean
  /**
   * Blocks at most `timeoutMs` (absent: for ever). `false`: timed out. Throws `ERR_CLOSED` when either end is closed,
   * `ERR_OPTION` when `timeoutMs` is negative or NaN.
   */
  push?(value: number, timeoutMs?: number): boolean
  /** Appends as many leading values as fit now; returns how many. */
  pushMany?(values: ArrayLike<number>): number
  pushAsync?(value: number, options?: AsyncOptions): Promise<boolean>
  /**
   * Makes visible what the end has held back, to publish it together with what follows. An end that holds items back has
   * it, and publishes them by itself at the end of the microtask turn, in any of its blocking calls and at `close()`: it is
   * for whoever sleeps or computes by other means in the same turn. Absent: every push is visible at once.
   */
  flush?(): void
}

/** The consuming end as a backend provides it; {@link deriveConsumer} adds what is missing. */
export interface ConsumerEnd {
  /** Removes the oldest item. `undefined`: the queue is empty. Meaningless after this end's own `close()`. */
  tryPop(): number | undefined
  /** No more items are wanted: the producer's blocking calls throw `ERR_CLOSED`. Idempotent. */
  close(): void
  /**
   * `true` once either end has been closed; items may still be waiting. The stream has ended when `tryPop`, called after
   * seeing this, gives `undefined`.
   */
  readonly closed: boolean
  /** Blocks at most `timeoutMs` (absent: for ever). `undefined`: timed out, or closed and drained. */
  pop?(timeoutMs?: number): number | undefined
  /** Fills `into` from its start with what is there now; returns how many. */
  popMany?(into: { readonly length: number; [index: number]: number }): number
  /** Gives items to `use` until it finds the queue empty; returns how many. */
  drain?(use: (value: number) => void): number
  /** `undefined`: timed out, or closed and drained. */
  popAsync?(options?: AsyncOptions): Promise<number | undefined>
  /** Gives back the room that the end has held back; see the producer's. Absent: every pop makes room at once. */
  flush?(): void
}

/** A producing end with every library verb. */
export type Producer = Required<ProducerEnd>

/** A consuming end with every library verb; iterating it ends after `close()`. */
export type Consumer = Required<ConsumerEnd> & AsyncIterable<number>

export interface QueueOptions {
  /** How many items the queue holds: exactly this many, an integer of at least 1. */
  readonly capacity: number
}

/** What takes an end to its thread: `postMessage(handle, transferList)`. */
export interface Transfer {
  readonly handle: unknown
  /** Objects in the handle that can't be copied, as a MessagePort. */
  readonly transferList: readonly object[]
}

/**
 * A queue hands out one producer and one consumer. A second claim of either end, from any thread, throws `ERR_CLAIMED`.
 */
export interface Queue {
  readonly capacity: number
  /** Structured-cloneable; `attach(handle)` in another thread gives the same queue, but for ends that need `transfer`. */
  readonly handle: unknown
  /**
   * Only where an end can't be had by a copy of `handle`: gives it away, for `attach` in the one thread that gets it.
   * Throws `ERR_CLAIMED` when the end has been claimed or given away.
   */
  transfer?(role: Role): Transfer
  producer(): ProducerEnd
  consumer(): ConsumerEnd
}

/**
 * A queue implementation that plugs in. Each thread imports `module` for itself and looks there for the exported
 * backend called `name`, so nothing but the name, the module and the handle travels between threads.
 *
 * @example
 * export default {
 *   name: 'mine',
 *   module: import.meta.url,
 *   supports: {},
 *   create: ({ capacity }) => attach(allocate(capacity)),
 *   attach,
 * } satisfies QueueBackend
 */
export interface QueueBackend {
  readonly name: string
  /** Where a thread imports the backend from: `import.meta.url` of the module that exports it. */
  readonly module: string
  readonly supports: Supports
  create(options: QueueOptions): Queue
  attach(handle: unknown): Queue
  /** Runs the whole pipeline itself (its own threads) and fills the same trace; absent: core drives two workers. */
  drive?(setup: PipelineSetup): Promise<Pipeline>
}
