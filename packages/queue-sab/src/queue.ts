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
  /** Items in the queue, 0 to `capacity`: as they were a moment ago while the other end is at work. */
  readonly size: number
  /** `true` once either end has been closed; items may still be waiting. */
  readonly closed: boolean
}

/** The end that appends. It belongs to one thread. */
export interface Producer<Item = number> extends QueueState {
  /**
   * Appends `item`, converted as a typed array would. `false`: the queue is full.
   *
   * @throws `ERR_CLOSED` after `close()` of this end. Items pushed after the consumer has closed are lost: see `closed`.
   */
  tryPush(item: Item): boolean
  /**
   * Appends `item`, waiting for room at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity.
   *
   * @returns `false`: timed out
   * @throws `ERR_CLOSED` when either end is or gets closed · `ERR_OPTION` for a timeout out of range ·
   * `ERR_CAPABILITY` where the thread may not block
   */
  push(item: Item, timeoutMs?: number): boolean
  /** End of stream: the consumer drains what is there, then ends. Idempotent. */
  close(): void
}

/** The end that removes. It belongs to one thread. */
export interface Consumer<Item = number> extends QueueState {
  /** Removes the oldest item. `undefined`: the queue is empty, or this end is closed. */
  tryPop(): Item | undefined
  /**
   * Removes the oldest item, waiting for one at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity.
   *
   * @returns `undefined`: timed out, or (with `closed`) end of stream
   * @throws `ERR_OPTION` for a timeout out of range · `ERR_CAPABILITY` where the thread may not block
   */
  pop(timeoutMs?: number): Item | undefined
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

/** How a kind of queue works its memory. */
export interface Discipline {
  readonly Producer: new <Item>(memory: Memory<Item>) => Producer<Item>
  readonly Consumer: new <Item>(memory: Memory<Item>) => Consumer<Item>
  size(memory: Memory<unknown>): number
  closed(memory: Memory<unknown>): boolean
}

/** Hands out the two ends of `memory`, each once. */
export function queueOver<Type extends ElementType>(memory: Memory<ItemOf<Type>>, discipline: Discipline): Queue<Type> {
  return {
    handle: memory.handle,
    type: memory.type as Type,
    capacity: memory.capacity,
    get size() {
      return discipline.size(memory)
    },
    get closed() {
      return discipline.closed(memory)
    },
    producer() {
      claim(memory, 'producer')
      return new discipline.Producer(memory)
    },
    consumer() {
      claim(memory, 'consumer')
      return new discipline.Consumer(memory)
    },
  }
}
