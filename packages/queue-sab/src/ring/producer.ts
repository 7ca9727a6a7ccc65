import { type ElementType, type ItemOf, toSlot, type ViewOf } from '../elements.js'
import { closedError } from '../errors.js'
import type { Memory } from '../memory.js'
import type { AsyncOptions, RingProducer as Contract, Span } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import type { Waiting } from '../waiting.js'
import { checkCount, MutableSpan } from './span.js'
import {
  awaitPeer,
  awaitPeerAsync,
  backOff,
  CLOSED,
  COUNT,
  close,
  HEAD,
  ITEM,
  isClosed,
  publish,
  sizeOf,
  TAIL,
} from './words.js'

/** The ring's producing end; its own count never leaves it but through TAIL. */
export class RingProducer<Type extends ElementType> implements Contract<Type> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<ItemOf<Type>>['slots']
  readonly #mask: number
  readonly #waiting: Waiting
  readonly #span: MutableSpan<Type>
  /** What TAIL holds, but for WAITING: the next item's number, times ITEM. */
  #tail: number
  /** The tail at which the ring is full, by the cached HEAD. Never beyond the truth, as HEAD only grows. */
  #limit: number
  /** Slots that the last refresh of the cached HEAD brought, times ITEM. */
  #found = 0
  #closed = false

  constructor({ words, slots, capacity, waiting }: Memory<ItemOf<Type>>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#waiting = waiting
    this.#span = new MutableSpan(slots as ViewOf<Type>)
    this.#tail = Atomics.load(words, TAIL) & COUNT
    this.#limit = this.#tail
  }

  tryPush(item: ItemOf<Type>): boolean {
    const slot = toSlot(item)
    const tail = this.#tail
    if (tail === this.#limit && !this.#findRoom()) return false
    this.#slots[(tail >>> 2) & this.#mask] = slot
    this.#tail = (tail + ITEM) | 0
    publish(this.#words, TAIL, tail, this.#tail, this.#waiting)
    return true
  }

  push(item: ItemOf<Type>, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const slot = toSlot(item)
    this.#throwIfUnwanted()
    if (this.tryPush(slot)) return true
    if (timeoutMs === 0 || !awaitPeer(this.#words, HEAD, this.#headWhenFull(), timeoutMs, this.#waiting)) return false
    this.#throwIfUnwanted()
    return this.tryPush(slot)
  }

  pushMany(items: ArrayLike<ItemOf<Type>>): number {
    if (!ArrayBuffer.isView(items)) {
      // Reading or converting an item may run code that pushes, so each goes in by itself.
      let pushed = 0
      while (pushed < items.length && this.tryPush(items[pushed] as ItemOf<Type>)) pushed++
      return pushed
    }
    const wanted = items.length
    if (this.#room() < wanted) this.#findRoom()
    const count = Math.min(wanted, this.#room())
    if (count === 0) return 0
    const first = this.#tail >>> 2
    for (let i = 0; i < count; i++) this.#slots[(first + i) & this.#mask] = items[i] as ItemOf<Type>
    this.#publish(count)
    return count
  }

  async pushAsync(
    item: ItemOf<Type>,
    { timeoutMs = Number.POSITIVE_INFINITY, signal }: AsyncOptions = {},
  ): Promise<boolean> {
    checkTimeout(timeoutMs)
    const slot = toSlot(item)
    const deadline = deadlineIn(timeoutMs)
    signal?.throwIfAborted()
    for (;;) {
      this.#throwIfUnwanted()
      if (this.tryPush(slot)) return true
      // Another pushAsync of this end may take the room first: then wait again.
      const full = this.#headWhenFull()
      if (!(await awaitPeerAsync(this.#words, HEAD, full, deadline, this.#waiting, signal))) return false
    }
  }

  reserve(count: number): Span<Type> {
    checkCount(count, Number.POSITIVE_INFINITY)
    if (this.#room() < count) this.#findRoom()
    return this.#span.set(this.#index(), Math.min(count, this.#room()))
  }

  commit(count: number): void {
    checkCount(count, this.#span.take(this.#index()))
    if (count > 0) this.#publish(count)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    // A ring that looks full sends tryPush to #findRoom, which throws: closing costs the fast path nothing.
    this.#limit = this.#tail
    this.#span.take(-1)
    close(this.#words, TAIL, this.#waiting)
  }

  get closed(): boolean {
    return isClosed(this.#words)
  }

  get size(): number {
    return sizeOf(this.#words, this.capacity)
  }

  /** Makes the next `count` slots visible, all at once. */
  #publish(count: number): void {
    const tail = this.#tail
    this.#tail = (tail + count * ITEM) | 0
    publish(this.#words, TAIL, tail, this.#tail, this.#waiting)
  }

  /** The next item's slot. */
  #index(): number {
    return (this.#tail >>> 2) & this.#mask
  }

  /** Free slots that are known of. */
  #room(): number {
    return ((this.#limit - this.#tail) | 0) >>> 2
  }

  /** Refreshes the cached HEAD, and so acquires the slots that the consumer gave back. */
  #findRoom(): boolean {
    if (this.#closed) throw closedError()
    backOff(this.#words, this.#found, this.capacity)
    this.#limit = ((Atomics.load(this.#words, HEAD) & COUNT) + this.capacity * ITEM) | 0
    this.#found = (this.#limit - this.#tail) | 0
    return this.#found !== 0
  }

  #headWhenFull(): number {
    return (this.#tail - this.capacity * ITEM) | 0
  }

  #throwIfUnwanted(): void {
    if ((Atomics.load(this.#words, HEAD) & CLOSED) !== 0) throw closedError()
  }
}
