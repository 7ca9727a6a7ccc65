import { QueueError } from '../errors.js'
import { endedBy, type Memory } from '../memory.js'
import type { AsyncConsumer, AsyncOptions } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import { type EndOptions, RingEnd } from './ring-end.js'
import {
  awaitPeer,
  awaitPeerAsync,
  CLOSED,
  COUNT,
  close,
  HEAD,
  hasEnded,
  ITEM,
  publish,
  TAIL,
  WAITING,
} from './words.js'

/** Slots read between two looks at whether the producer sleeps. */
const LOOK_SLOTS = 64

/**
 * The consuming side of the protocol, whatever the items are. A subclass reads the item in the slots from `head` on, once
 * there is one, and then takes it by advancing, which may fail where the producer overwrites the oldest.
 *
 *   given back         not yet given back     items that are known of
 *   ... HEAD word )  [ … read … )             v head [ … ) limit = TAIL
 */
export abstract class ConsumerEnd<Item> extends RingEnd implements AsyncConsumer<Item> {
  /** The next slot to be read, times ITEM, counted on for ever in 32 bits. */
  protected head: number
  /** The head at which the ring is empty, by the cached TAIL. Never beyond the truth, as TAIL only grows. */
  protected limit: number
  /** What HEAD holds, but for WAITING. */
  #released = 0
  /** The head at which to look whether they should be given back: always ahead. */
  protected lookAt = 0

  constructor(memory: Memory, options: EndOptions) {
    // Where a full ring costs items, it is full only when it is.
    super(memory, memory.onFull === 'block' ? options : { ...options, adaptive: false }, memory.size)
    this.head = Atomics.load(this.words, HEAD) & COUNT
    this.limit = this.head
    this.#released = this.head
    this.lookAt = (this.head + ITEM) | 0
  }

  abstract tryPop(): Item | undefined

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): Item | undefined {
    checkTimeout(timeoutMs)
    const item = this.tryPop()
    return item === undefined ? this.retry(() => this.tryPop(), timeoutMs) : item
  }

  async popAsync(options: AsyncOptions = {}): Promise<Item | undefined> {
    checkTimeout(options.timeoutMs ?? 0)
    options.signal?.throwIfAborted()
    const item = this.tryPop()
    return item === undefined ? this.retryAsync(() => this.tryPop(), options) : item
  }

  popMany(into: { readonly length: number; [index: number]: Item }): number {
    let popped = 0
    try {
      for (; popped < into.length; popped++) {
        const item = this.tryPop()
        if (item === undefined) break
        into[popped] = item
      }
    } catch (error) {
      // Why there are no more items, the next call says.
      if (popped === 0 || !(error instanceof QueueError)) throw error
    }
    return popped
  }

  drain(use: (item: Item) => void): number {
    let drained = 0
    for (let item = this.tryPop(); item !== undefined; item = this.tryPop(), drained++) use(item)
    return drained
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Item, void, undefined> {
    for (let item = await this.popAsync(); item !== undefined; item = await this.popAsync()) yield item
  }

  flush(): void {
    if (this.head === this.#released) return
    this.#release()
  }

  close(): void {
    if (this.closedHere) return
    this.flush()
    this.closedHere = true
    // A ring that looks empty sends tryPop to findItems, which declines: closing costs the fast path nothing.
    this.limit = this.head
    close(this.words, HEAD, this.patience.waiting)
    // For this end's own popAsync.
    this.patience.waiting.wake(this.words, TAIL)
  }

  get ended(): boolean {
    if (this.closedHere) return true
    if (this.overwriting) this.#catchUp()
    return hasEnded(this.words, this.head) && endedBy(this.words, 'producer') === undefined
  }

  /** Waits for items until `attempt`, which found none, gives something; `undefined`: timed out, or the stream is over. */
  protected retry<Result>(attempt: () => Result | undefined, timeoutMs: number): Result | undefined {
    if (timeoutMs === 0) return undefined
    const deadline = deadlineIn(timeoutMs)
    while (!this.ended) {
      const inTime = awaitPeer(this.words, TAIL, this.head, deadline, this.patience)
      const result = attempt()
      if (result !== undefined || !inTime) return result
    }
    return undefined
  }

  protected async retryAsync<Result>(
    attempt: () => Result | undefined,
    { timeoutMs = Number.POSITIVE_INFINITY, signal }: AsyncOptions,
  ): Promise<Result | undefined> {
    const deadline = deadlineIn(timeoutMs)
    while (!this.ended) {
      // Another wait of this end may take the item first: then wait again.
      const inTime = await awaitPeerAsync(this.words, TAIL, this.head, deadline, this.patience, signal)
      const result = attempt()
      if (result !== undefined || !inTime) return result
    }
    return undefined
  }

  /** Slots with items that are known of; no more than there can be, whatever the peer's word says. */
  protected known(): number {
    return Math.min(((this.limit - this.head) | 0) >>> 2, this.slotsInUse)
  }

  /**
   * Refreshes the cached TAIL, and so acquires the slots that the producer published. Gives back what is read first, as
   * that may be what the producer waits for.
   *
   * @throws why the stream is over, where its producer did not close it
   */
  protected findItems(): boolean {
    if (this.closedHere) return false
    this.flushAll()
    if (this.overwriting) this.#catchUp()
    const tail = Atomics.load(this.words, TAIL)
    this.limit = tail & COUNT
    if (this.limit !== this.head) {
      if (!this.overwriting) this.totals.note(HEAD, this.head)
      return true
    }
    if ((tail & CLOSED) !== 0) {
      const error = endedBy(this.words, 'producer')
      if (error !== undefined) throw error
    }
    return false
  }

  /**
   * The item in the next `slots` slots has been read.
   *
   * @returns `false`: it had been overwritten before it was taken, so what was read is nothing
   */
  protected advance(slots: number): boolean {
    this.head = (this.head + slots * ITEM) | 0
    return ((this.head - this.lookAt) | 0) < 0 || this.releaseOrHold()
  }

  /**
   * Gives back at once when the producer sleeps until there is room: by a plain read of HEAD, which may be late and is a
   * hint. Looks again at each doubling of what is held back, and every {@link LOOK_SLOTS}.
   */
  protected releaseOrHold(): boolean {
    const held = (this.head - this.#released) | 0
    if (held >= this.gather || ((this.words[HEAD] as number) & WAITING) !== 0) return this.#release()
    this.lookAt = (this.head + Math.min(held, LOOK_SLOTS * ITEM)) | 0
    this.hold()
    return true
  }

  /**
   * Whether the oldest item is still the one at `head`, where the producer may overwrite it: by a read-modify-write, which
   * no earlier read of the item can be put behind.
   */
  protected isStillThere(): boolean {
    return this.#moveHead(this.head)
  }

  /** From `from` to `head`, unless the producer has moved it on. */
  #moveHead(from: number): boolean {
    for (let seen = from; (seen & COUNT) === from; ) {
      const found = Atomics.compareExchange(this.words, HEAD, seen, this.head | (seen & ~COUNT))
      if (found === seen) return true
      seen = found
    }
    this.#catchUp()
    return false
  }

  #release(): boolean {
    const from = this.#released
    this.#released = this.head
    this.lookAt = (this.head + ITEM) | 0
    if (this.overwriting) return this.#moveHead(from)
    publish(this.words, HEAD, from, this.head, this.patience.waiting)
    return true
  }

  /** Goes on where the producer has moved HEAD to. */
  #catchUp(): void {
    const head = Atomics.load(this.words, HEAD) & COUNT
    this.head = head
    this.#released = head
    this.lookAt = (head + ITEM) | 0
    if (((this.limit - head) | 0) < 0) this.limit = head
  }
}
