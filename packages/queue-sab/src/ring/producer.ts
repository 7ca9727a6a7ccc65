import { checkTimeout } from '../blocking.js'
import { toSlot } from '../elements.js'
import { closedError } from '../errors.js'
import type { Memory } from '../memory.js'
import type { Producer } from '../queue.js'
import { awaitPeer, backOff, CLOSED, COUNT, close, HEAD, ITEM, isClosed, publish, sizeOf, TAIL } from './words.js'

/** The ring's producing end; its own count never leaves it but through TAIL. */
export class RingProducer<Item> implements Producer<Item> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<Item>['slots']
  readonly #mask: number
  /** What TAIL holds, but for WAITING: the next item's number, times ITEM. */
  #tail: number
  /** The tail at which the ring is full, by the cached HEAD. Never beyond the truth, as HEAD only grows. */
  #limit: number
  /** Slots that the last refresh of the cached HEAD brought, times ITEM. */
  #found = 0
  #closed = false

  constructor({ words, slots, capacity }: Memory<Item>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#tail = Atomics.load(words, TAIL) & COUNT
    this.#limit = this.#tail
  }

  tryPush(item: Item): boolean {
    const slot = toSlot(item)
    const tail = this.#tail
    if (tail === this.#limit && !this.#findRoom()) return false
    this.#slots[(tail >>> 2) & this.#mask] = slot
    this.#tail = (tail + ITEM) | 0
    publish(this.#words, TAIL, tail, this.#tail)
    return true
  }

  push(item: Item, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const slot = toSlot(item)
    this.#throwIfUnwanted()
    if (this.tryPush(slot)) return true
    if (timeoutMs === 0 || !awaitPeer(this.#words, HEAD, this.#headWhenFull(), timeoutMs)) return false
    this.#throwIfUnwanted()
    return this.tryPush(slot)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    // A ring that looks full sends tryPush to #findRoom, which throws: closing costs the fast path nothing.
    this.#limit = this.#tail
    close(this.#words, TAIL)
  }

  get closed(): boolean {
    return isClosed(this.#words)
  }

  get size(): number {
    return sizeOf(this.#words, this.capacity)
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
