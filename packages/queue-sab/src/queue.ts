import type { ElementType, ItemOf } from './elements.js'
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

/** A queue in shared memory: post `handle` to another thread and attach there. */
export interface Queue<Type extends ElementType = ElementType> extends QueueState {
  readonly handle: SharedArrayBuffer
  readonly type: Type
  /** @throws `ERR_CLAIMED` when any thread has taken the producer */
  producer(): Producer<ItemOf<Type>>
  /** @throws `ERR_CLAIMED` when any thread has taken the consumer */
  consumer(): Consumer<ItemOf<Type>>
}

/** What differs between the kinds of queue. */
export interface Implementation {
  readonly Producer: new <Item>(memory: Memory<Item>) => Producer<Item>
  readonly Consumer: new <Item>(memory: Memory<Item>) => Consumer<Item>
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
      return new implementation.Producer(memory)
    },
    consumer() {
      claim(memory, 'consumer')
      return new implementation.Consumer(memory)
    },
  }
}
