import type { ElementType, ItemOf, ViewOf } from './elements.js'
import { claim, type Memory } from './memory.js'

export interface QueueOptions<Type extends ElementType = 'i32'> {
  /** Items the queue holds: exactly this many, an integer from 1 to 2^28. */
  readonly capacity: number
  /** What an item is; default `i32`. */
  readonly type?: Type
}

/** What both ends and the queue itself tell at any time, from any thread. */
export interface QueueState {
  readonly capacity: number
  /**
   * Items in the queue, 0 to `capacity`: exact while neither end is at work, else a bound between two moments.
   * The mutex queue takes the lock for it.
   */
  readonly size: number
  /** `true` once either end has been closed; items may still be waiting. */
  readonly closed: boolean
}

/** The end that appends. It belongs to one thread. */
export interface Producer<Item = number> extends QueueState {
  /**
   * Appends `item`, converted as a typed array would. `false`: the queue is full.
   * Items pushed after the consumer has closed are lost: see `closed`.
   *
   * @throws `ERR_CLOSED` after `close()` of this end · `ERR_CAPABILITY`, the mutex queue only, where the lock is held and
   * the thread may not block · whatever the conversion throws (a TypeError for a symbol or a bigint), with the queue as it
   * was
   */
  tryPush(item: Item): boolean
  /**
   * Appends `item`, waiting for room at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity.
   *
   * @returns `false`: timed out
   * @throws `ERR_CLOSED` when either end is or gets closed · `ERR_OPTION` for a timeout out of range ·
   * `ERR_CAPABILITY` where the thread may not block · whatever the conversion throws, with the queue as it was
   */
  push(item: Item, timeoutMs?: number): boolean
  /** End of stream: the consumer drains what is there, then ends. Idempotent. */
  close(): void
}

/** The end that removes. It belongs to one thread. */
export interface Consumer<Item = number> extends QueueState {
  /**
   * Removes the oldest item. `undefined`: the queue is empty, or this end is closed.
   *
   * @throws `ERR_CAPABILITY`, the mutex queue only, where the lock is held and the thread may not block
   */
  tryPop(): Item | undefined
  /**
   * Removes the oldest item, waiting for one at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity.
   *
   * @returns `undefined`: timed out, or the stream is over, which `ended` tells apart; without a timeout it is over
   * @throws `ERR_OPTION` for a timeout out of range · `ERR_CAPABILITY` where the thread may not block
   */
  pop(timeoutMs?: number): Item | undefined
  /**
   * `true` once the stream is over: the producer has closed and every item has been popped, or this end is closed.
   * From then on `pop` and `tryPop` give `undefined`.
   *
   * @example
   * while (!consumer.ended) {
   *   const item = consumer.pop(100)
   *   if (item !== undefined) use(item)
   * }
   */
  readonly ended: boolean
  /** No more items are wanted: a producer that waits for room gets `ERR_CLOSED`. Idempotent. */
  close(): void
}

/** Items that lie in one piece in the queue's own memory: `array[start]` to `array[end - 1]`. */
export interface Span<Type extends ElementType> {
  readonly array: ViewOf<Type>
  readonly start: number
  readonly end: number
}

export interface AsyncOptions {
  /** Milliseconds to wait at most: 0 to Infinity, default Infinity. */
  readonly timeoutMs?: number
  /** Rejects with the signal's reason once aborted. */
  readonly signal?: AbortSignal
}

/** The producing end of the ring. */
export interface RingProducer<Type extends ElementType = ElementType> extends Producer<ItemOf<Type>> {
  /**
   * Room for up to `count` items in one piece, to be written in place and then committed. Empty (`start === end`): the
   * queue is full. Shorter than there is room for where it reaches the end of the memory: the next one starts anew.
   * The object is the same at every call, so that a call allocates nothing.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 · `ERR_CLOSED` after `close()` of this end
   *
   * @example
   * const { array, start, end } = producer.reserve(256)
   * for (let i = start; i < end; i++) array[i] = sample()
   * producer.commit(end - start)
   */
  reserve(count: number): Span<Type>
  /**
   * Makes the first `count` reserved items visible, all at once, and gives the others back.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 to what was reserved
   */
  commit(count: number): void
  /**
   * Appends as many of the leading `items` as there is room for, and tells how many. Those of a typed array become visible
   * all at once; of anything else one after the other, as by `tryPush`.
   *
   * @throws what `tryPush` throws
   *
   * @example
   * producer.pushMany(Int32Array.of(1, 2, 3)) // 3, or less where the queue is nearly full
   */
  pushMany(items: ArrayLike<ItemOf<Type>>): number
  /** `push` on an event loop, any thread's. Rejects where `push` throws. */
  pushAsync(item: ItemOf<Type>, options?: AsyncOptions): Promise<boolean>
}

/** The consuming end of the ring. */
export interface RingConsumer<Type extends ElementType = ElementType> extends Consumer<ItemOf<Type>> {
  /**
   * Up to `count` of the oldest items in one piece, to be read in place and then released. Empty (`start === end`): the
   * queue is empty. Shorter than what is there where it reaches the end of the memory: the next one starts anew.
   * The object is the same at every call, so that a call allocates nothing.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0
   *
   * @example
   * const { array, start, end } = consumer.peek(256)
   * for (let i = start; i < end; i++) use(array[i])
   * consumer.release(end - start)
   */
  peek(count: number): Span<Type>
  /**
   * Removes the first `count` peeked items.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 to what was peeked
   */
  release(count: number): void
  /**
   * Moves the oldest items into `into`, from its start, as many as there are and fit; tells how many.
   *
   * @example
   * const block = new Int32Array(256)
   * const count = consumer.popMany(block) // 0 to 256
   */
  popMany(into: { readonly length: number; [index: number]: ItemOf<Type> }): number
  /** Gives items to `use` until the queue is empty, and tells how many. An item is gone although `use` throws. */
  drain(use: (item: ItemOf<Type>) => void): number
  /** `pop` on an event loop, any thread's. Rejects where `pop` throws. */
  popAsync(options?: AsyncOptions): Promise<ItemOf<Type> | undefined>
  /**
   * Items as they come, to the end of the stream. Leaving the loop early leaves the queue as it is.
   *
   * @example
   * for await (const item of consumer) use(item)
   */
  [Symbol.asyncIterator](): AsyncGenerator<ItemOf<Type>, void, undefined>
}

/** A queue in shared memory: post `handle` to another thread and attach there. */
export interface Queue<Type extends ElementType = ElementType> extends QueueState {
  readonly handle: SharedArrayBuffer
  readonly type: Type
  /** @throws `ERR_CLAIMED` when any thread has taken the producer */
  producer(): Producer<ItemOf<Type>>
  /** @throws `ERR_CLAIMED` when any thread has taken the consumer */
  consumer(): Consumer<ItemOf<Type>>
}

/** A lock-free queue, as `createQueue` makes it. */
export interface RingQueue<Type extends ElementType = ElementType> extends Queue<Type> {
  /** @throws `ERR_CLAIMED` when any thread has taken the producer */
  producer(): RingProducer<Type>
  /** @throws `ERR_CLAIMED` when any thread has taken the consumer */
  consumer(): RingConsumer<Type>
}

/** What differs between the kinds of queue. */
export interface Implementation {
  readonly Producer: new <Type extends ElementType>(memory: Memory<ItemOf<Type>>) => Producer<ItemOf<Type>>
  readonly Consumer: new <Type extends ElementType>(memory: Memory<ItemOf<Type>>) => Consumer<ItemOf<Type>>
  size(memory: Memory<unknown>): number
  closed(memory: Memory<unknown>): boolean
}

/** Hands out the two ends of `memory`, each once. */
export function queueOver<Type extends ElementType>(
  memory: Memory<ItemOf<Type>>,
  implementation: Implementation,
): Queue<Type> {
  return {
    handle: memory.handle,
    type: memory.type as Type,
    capacity: memory.capacity,
    get size() {
      return implementation.size(memory)
    },
    get closed() {
      return implementation.closed(memory)
    },
    producer() {
      claim(memory, 'producer')
      return new implementation.Producer<Type>(memory)
    },
    consumer() {
      claim(memory, 'consumer')
      return new implementation.Consumer<Type>(memory)
    },
  }
}
