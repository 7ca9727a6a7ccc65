import type { ElementType, ItemOf, NumberType, ViewOf } from './elements.js'
import type { ItemType } from './item-type.js'
import { claim, type End, type Memory, type OnFull } from './memory.js'
import type { Stats } from './ring/totals.js'

/** The name of a kind of number, or what one of `bytes`, `frames`, `record`, `json` and `clone` gives. */
export type AnyType = ElementType | ItemType<unknown, unknown>

/** The type of the producer for items of `Type`: `ProducerOf<'i32'>` is `RingProducer<'i32'>`. */
export type ProducerOf<Type extends AnyType> = Type extends ElementType
  ? RingProducer<Type>
  : Type extends ItemType<infer Producer, unknown>
    ? Producer
    : never

/** The type of the consumer for items of `Type`. */
export type ConsumerOf<Type extends AnyType> = Type extends ElementType
  ? RingConsumer<Type>
  : Type extends ItemType<unknown, infer Consumer>
    ? Consumer
    : never

export interface QueueOptions<Type extends AnyType = 'i32'> {
  /**
   * Items the queue holds: exactly this many, an integer from 1 to 2^28. Of `frames`, `json` and `clone`: the bytes that
   * it holds, a multiple of 4.
   */
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

export interface AsyncOptions {
  /** Milliseconds to wait at most: 0 to Infinity, default Infinity. */
  readonly timeoutMs?: number
  /** Rejects with the signal's reason once aborted. */
  readonly signal?: AbortSignal
}

/** What both ends of a lock-free queue have. */
export interface RingEnd {
  /**
   * Makes visible to the other thread what this end has held back. That happens by itself at the end of the microtask
   * turn, when this thread waits for a queue or finds one full or empty, and at `close()`. It is for a thread that does
   * none of these: one that computes, or sleeps by other means, in the same turn.
   */
  flush(): void
  /** What went through the queue since it was made. */
  stats(): Stats
  /** Asynchronous waits that begin from now on keep the event loop alive, as they do by default. */
  ref(): this
  /** Asynchronous waits that begin from now on do not keep the event loop alive. */
  unref(): this
}

/** The producing end of a lock-free queue, whatever its items. */
export interface AsyncProducer<Item> extends Producer<Item>, RingEnd {
  /**
   * Appends as many of the leading `items` as there is room for, and tells how many. Numbers of a typed array become
   * visible all at once.
   *
   * @throws what `tryPush` throws
   *
   * @example
   * producer.pushMany(Int32Array.of(1, 2, 3)) // 3, or less where the queue is nearly full
   */
  pushMany(items: ArrayLike<Item>): number
  /** `push` on an event loop, any thread's. Rejects where `push` throws. */
  pushAsync(item: Item, options?: AsyncOptions): Promise<boolean>
  /**
   * Ends the stream by an error: the consumer drains what is there, then its calls throw `ERR_PEER_FAILED` with the
   * error's message, of which the first 319 UTF-16 units arrive.
   *
   * @example
   * try { for (const row of rows) producer.push(row) } catch (error) { producer.fail(error) }
   */
  fail(error: unknown): void
}

/**
 * The consuming end of a lock-free queue, whatever its items. Where the stream has not been closed but has failed or its
 * thread has died, each call throws that error once everything is drained, and `ended` stays `false`.
 */
export interface AsyncConsumer<Item> extends Consumer<Item>, RingEnd {
  /**
   * Moves the oldest items into `into`, from its start, as many as there are and fit; tells how many.
   *
   * @example
   * const block = new Int32Array(256)
   * const count = consumer.popMany(block) // 0 to 256
   */
  popMany(into: { readonly length: number; [index: number]: Item }): number
  /** Gives items to `use` until the queue is empty, and tells how many. An item is gone although `use` throws. */
  drain(use: (item: Item) => void): number
  /** `pop` on an event loop, any thread's. Rejects where `pop` throws. */
  popAsync(options?: AsyncOptions): Promise<Item | undefined>
  /**
   * Items as they come, to the end of the stream. Leaving the loop early leaves the queue as it is.
   *
   * @example
   * for await (const item of consumer) use(item)
   */
  [Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined>
}

/** Items that lie in one piece in the queue's own memory: `array[start]` to `array[end - 1]`. */
export interface Span<Slots> {
  readonly array: Slots
  readonly start: number
  readonly end: number
}

/** A producing end whose items can be written in place. */
export interface SpanProducer<Item, Slots> extends AsyncProducer<Item> {
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
  reserve(count: number): Span<Slots>
  /**
   * Waits until there is room for an item, at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity. Where the
   * policy on full is not to wait, it tells how it is now.
   *
   * @returns `false`: timed out
   * @throws as `push`
   */
  awaitRoom(timeoutMs?: number): boolean
  /** `awaitRoom` on an event loop, any thread's. Rejects where `awaitRoom` throws. */
  awaitRoomAsync(options?: AsyncOptions): Promise<boolean>
  /**
   * Makes the first `count` reserved items visible, all at once, and gives the others back.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 to what was reserved
   */
  commit(count: number): void
}

/** A consuming end whose items can be read in place. */
export interface SpanConsumer<Item, Slots> extends AsyncConsumer<Item> {
  /**
   * Up to `count` of the oldest items in one piece, to be read in place and then released. Empty (`start === end`): the
   * queue is empty. Shorter than what is there where it reaches the end of the memory: the next one starts anew.
   * The object is the same at every call, so that a call allocates nothing.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 · `ERR_CAPABILITY` where the policy is
   * `overwrite-oldest`, which would write over them
   *
   * @example
   * const { array, start, end } = consumer.peek(256)
   * for (let i = start; i < end; i++) use(array[i])
   * consumer.release(end - start)
   */
  peek(count: number): Span<Slots>
  /**
   * Waits until there is an item, at most `timeoutMs` milliseconds: 0 to Infinity, default Infinity.
   *
   * @returns `false`: timed out, or the stream is over, which `ended` tells apart
   * @throws as `pop`
   *
   * @example
   * while (consumer.awaitItems()) {
   *   const { array, start, end } = consumer.peek(256)
   *   for (let i = start; i < end; i++) use(array[i])
   *   consumer.release(end - start)
   * }
   */
  awaitItems(timeoutMs?: number): boolean
  /** `awaitItems` on an event loop, any thread's. Rejects where `awaitItems` throws. */
  awaitItemsAsync(options?: AsyncOptions): Promise<boolean>
  /**
   * Removes the first `count` peeked items.
   *
   * @throws `ERR_OPTION` unless `count` is a whole number from 0 to what was peeked
   */
  release(count: number): void
}

/** The producing end of a ring of numbers. */
export interface RingProducer<Type extends ElementType = NumberType> extends SpanProducer<ItemOf<Type>, ViewOf<Type>> {}

/** The consuming end of a ring of numbers. */
export interface RingConsumer<Type extends ElementType = NumberType> extends SpanConsumer<ItemOf<Type>, ViewOf<Type>> {}

/** What tells that a thread is over: a worker of node:worker_threads, in Node, Deno and Bun. */
export interface ExitSource {
  once(event: 'exit', listener: () => void): unknown
  removeListener(event: 'exit', listener: () => void): unknown
  /** -1 once it is over: then there is no event any more. */
  readonly threadId?: number
}

/** What a queue is to whoever owns the threads at its ends. */
export interface Supervised {
  /**
   * Says that the thread which has this end is gone for good, or never came: the other end drains what was published and
   * then gets `ERR_PEER_DIED`. An end that has been closed stays closed. The thread must have ended: one that still runs
   * would go on pushing into a queue that nobody reads.
   *
   * @example
   * worker.terminate()
   * queue.abandon('producer') // in a browser, whose workers don't tell that they have ended
   */
  abandon(end: End): void
  /**
   * Abandons the end once `worker` has exited, however that came about, or at once where it has already.
   *
   * @returns stops watching; no listener is left behind then, nor after the exit
   *
   * @example
   * queue.watch('producer', new Worker('./produce.js', { workerData: queue.handle }))
   */
  watch(end: End, worker: ExitSource): () => void
}

/** A queue in shared memory: post `handle` to another thread and attach there. */
export interface Queue<Type extends NumberType = NumberType> extends QueueState, Supervised {
  readonly handle: SharedArrayBuffer
  readonly type: Type
  /** @throws `ERR_CLAIMED` when any thread has taken the producer */
  producer(): Producer<ItemOf<Type>>
  /** @throws `ERR_CLAIMED` when any thread has taken the consumer */
  consumer(): Consumer<ItemOf<Type>>
}

/** A lock-free queue, as `createQueue` makes it. */
export interface RingQueue<Type extends AnyType = NumberType> extends QueueState, Supervised {
  readonly handle: SharedArrayBuffer
  readonly type: Type
  /** What happens to an item that finds the queue full. */
  readonly onFull: OnFull
  /** What went through the queue since it was made. */
  stats(): Stats
  /** @throws `ERR_CLAIMED` when any thread has taken the producer */
  producer(): ProducerOf<Type>
  /** @throws `ERR_CLAIMED` when any thread has taken the consumer */
  consumer(): ConsumerOf<Type>
}

/** What differs between the kinds of queue. */
export interface Implementation<Producer, Consumer> {
  producer(memory: Memory): Producer
  consumer(memory: Memory): Consumer
  size(memory: Memory): number
  closed(memory: Memory): boolean
  abandon(memory: Memory, end: End): void
}

/** Hands out the two ends of `memory`, each once. */
export function queueOver<Producer, Consumer>(
  memory: Memory,
  implementation: Implementation<Producer, Consumer>,
): QueueState & Supervised & { readonly handle: SharedArrayBuffer; producer(): Producer; consumer(): Consumer } {
  const abandon = (end: End) => implementation.abandon(memory, end)
  return {
    handle: memory.handle,
    capacity: memory.capacity,
    get size() {
      return implementation.size(memory)
    },
    get closed() {
      return implementation.closed(memory)
    },
    producer() {
      claim(memory, 'producer')
      return implementation.producer(memory)
    },
    consumer() {
      claim(memory, 'consumer')
      return implementation.consumer(memory)
    },
    abandon,
    watch(end, worker) {
      const gone = () => abandon(end)
      if (worker.threadId === -1) gone()
      else worker.once('exit', gone)
      return () => void worker.removeListener('exit', gone)
    },
  }
}
