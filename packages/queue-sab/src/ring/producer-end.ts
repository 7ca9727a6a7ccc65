import { closedError, messageOf } from '../errors.js'
import { endedBy, FAILED, type Memory, setState, writeFailure } from '../memory.js'
import type { AsyncOptions, AsyncProducer } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import { type EndOptions, RingEnd } from './ring-end.js'
import { awaitPeer, awaitPeerAsync, backOff, CLOSED, COUNT, close, HEAD, ITEM, publish, TAIL } from './words.js'

/** Items of one slot that the producer may hold back. */
const SLOTS_HELD = 256

/**
 * The producing side of the protocol, whatever the items are: room, publication, waiting, the end. A subclass writes an
 * item into the slots from `tail` on, having asked for room, and then advances.
 *
 *   released by the consumer        published         held back     room
 *   |                               |                 |             |
 *   v  [ HEAD … items … published ) v [ … hidden … )  v [ free … )  v limit = HEAD + size
 */
export abstract class ProducerEnd<Item> extends RingEnd implements AsyncProducer<Item> {
  /** The next slot to be written, times ITEM, counted on for ever in 32 bits. */
  protected tail: number
  /** The tail at which the ring is full, by the cached HEAD. Never beyond the truth, as HEAD only grows. */
  protected limit: number
  readonly #memory: Memory
  /** What TAIL holds, but for WAITING. */
  #published = 0
  /** The tail at which to look whether what is held back should be published: always ahead. */
  protected lookAt = 0
  /** Slots that the last refresh of the cached HEAD brought, times ITEM. */
  #found = 0

  constructor(memory: Memory, options: EndOptions) {
    super(memory, options, SLOTS_HELD)
    this.#memory = memory
    this.tail = Atomics.load(this.words, TAIL) & COUNT
    this.limit = this.tail
    this.#published = this.tail
    this.lookAt = (this.tail + ITEM) | 0
  }

  abstract tryPush(item: Item): boolean

  /**
   * What is pushed in place of `item`, so that waiting for room converts it once only.
   *
   * @throws where it can't be pushed at all
   */
  protected prepare(item: Item): Item {
    return item
  }

  /** Slots that the oldest item takes, for the policy that overwrites it. */
  protected oldestSlots(_head: number): number {
    return 1
  }

  /** What waits for room in place of `item`, which the caller may change meanwhile. */
  protected snapshot(item: Item): Item {
    return item
  }

  push(item: Item, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const prepared = this.prepare(item)
    this.throwIfUnwanted()
    return this.tryPush(prepared) || this.retry(() => this.tryPush(prepared), timeoutMs)
  }

  async pushAsync(item: Item, options: AsyncOptions = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs ?? 0)
    const prepared = this.prepare(item)
    options.signal?.throwIfAborted()
    this.throwIfUnwanted()
    if (this.tryPush(prepared)) return true
    const kept = this.snapshot(prepared)
    return this.retryAsync(() => this.tryPush(kept), options)
  }

  pushMany(items: ArrayLike<Item>): number {
    // Reading or converting an item may run code that pushes, so each goes in by itself.
    let pushed = 0
    while (pushed < items.length && this.tryPush(items[pushed] as Item)) pushed++
    // The first of those left over has been counted.
    if (items.length - pushed > 1) this.refuse(items.length - pushed - 1)
    return pushed
  }

  flush(): void {
    const from = this.#published
    if (this.tail === from) return
    this.#published = this.tail
    this.lookAt = (this.tail + ITEM) | 0
    publish(this.words, TAIL, from, this.tail, this.patience.waiting)
  }

  close(): void {
    if (this.closedHere) return
    this.flush()
    this.closedHere = true
    // A ring that looks full sends tryPush to findRoom, which throws: closing costs the fast path nothing.
    this.limit = this.tail
    this.totals.note(TAIL, this.tail)
    close(this.words, TAIL, this.patience.waiting)
    // For this end's own pushAsync.
    this.patience.waiting.wake(this.words, HEAD)
  }

  fail(error: unknown): void {
    if (this.closedHere) return
    writeFailure(this.words, messageOf(error))
    setState(this.words, 'producer', FAILED)
    this.close()
  }

  /** Free slots that are known of. */
  protected room(): number {
    return Math.min(((this.limit - this.tail) | 0) >>> 2, this.slotsInUse)
  }

  /**
   * Refreshes the cached HEAD, and so acquires the slots that the consumer gave back; makes room where the policy is to
   * overwrite. A full ring is no time to hold anything back.
   */
  protected findRoom(slots: number): boolean {
    if (this.closedHere) throw closedError()
    this.flushAll()
    backOff(this.words, this.#found, this.slotsInUse)
    let head = Atomics.load(this.words, HEAD)
    if (this.overwriting) {
      this.totals.note(HEAD, head)
      head = this.#discardOldest(head, slots)
    }
    this.limit = ((head & COUNT) + this.slotsInUse * ITEM) | 0
    this.#found = (this.limit - this.tail) | 0
    if (this.#found !== 0) this.totals.note(TAIL, this.tail)
    return this.room() >= slots
  }

  /** For items that found no room. */
  protected refuse(items = 1): false {
    if (this.#memory.onFull === 'drop-newest') this.totals.countDropped(items)
    return false
  }

  /** The next `slots` slots are written. */
  protected advance(slots: number): void {
    this.tail = (this.tail + slots * ITEM) | 0
    if (((this.tail - this.lookAt) | 0) >= 0) this.publishOrHold()
  }

  /**
   * Publishes at once when the consumer has taken all that is published, as it wants more then: by a plain read of HEAD,
   * which may be late and is a hint. While it is busy, looks again at each doubling of what is held back: a look at each
   * push would cost as much as the push.
   */
  protected publishOrHold(): void {
    const held = (this.tail - this.#published) | 0
    if (held >= this.gather || (((this.words[HEAD] as number) ^ this.#published) & COUNT) === 0) {
      this.flush()
      return
    }
    this.lookAt = (this.tail + held) | 0
    this.hold()
  }

  /**
   * Takes the oldest items from the consumer until there is room. Each is taken by a compareExchange of HEAD, as the
   * consumer takes them: one of the two wins each item.
   *
   * @returns the last HEAD
   */
  #discardOldest(word: number, slots: number): number {
    const most = this.slotsInUse * ITEM
    let head = word
    while ((((head & COUNT) + most - slots * ITEM - this.tail) | 0) < 0) {
      // Further behind than the ring is long there is nothing, whoever wrote such a HEAD: no walk through a round of counts.
      const isFar = (((head & COUNT) + most - this.tail) | 0) < 0
      const next = isFar ? ((this.tail - most) & COUNT) | (head & ~COUNT) : (head + this.oldestSlots(head) * ITEM) | 0
      const found = Atomics.compareExchange(this.words, HEAD, head, next)
      if (found === head) this.totals.countOverwritten(next)
      head = found === head ? next : found
    }
    return head
  }

  /** Waits for room until `attempt`, which found none, succeeds; `false`: timed out, or the policy is not to wait. */
  protected retry(attempt: () => boolean, timeoutMs: number): boolean {
    if (timeoutMs === 0 || this.#memory.onFull !== 'block') return false
    const deadline = deadlineIn(timeoutMs)
    for (;;) {
      if (!awaitPeer(this.words, HEAD, this.#seenHead(), deadline, this.patience)) return false
      this.throwIfUnwanted()
      if (attempt()) return true
    }
  }

  protected async retryAsync(
    attempt: () => boolean,
    { timeoutMs = Number.POSITIVE_INFINITY, signal }: AsyncOptions,
  ): Promise<boolean> {
    if (this.#memory.onFull !== 'block') return false
    const deadline = deadlineIn(timeoutMs)
    for (;;) {
      // Another wait of this end may take the room first: then wait again.
      if (!(await awaitPeerAsync(this.words, HEAD, this.#seenHead(), deadline, this.patience, signal))) return false
      this.throwIfUnwanted()
      if (attempt()) return true
    }
  }

  /** The HEAD by which there was no room. */
  #seenHead(): number {
    return (this.limit - this.slotsInUse * ITEM) | 0
  }

  /** @throws where the consumer has closed, or its thread has died */
  protected throwIfUnwanted(): void {
    if ((Atomics.load(this.words, HEAD) & CLOSED) !== 0) throw endedBy(this.words, 'consumer') ?? closedError()
  }
}
