import { checkTimeout } from '../blocking.js'
import type { Memory } from '../memory.js'
import type { Consumer } from '../queue.js'
import { awaitPeer, COUNT, close, HEAD, hasEnded, ITEM, isClosed, publish, sizeOf, TAIL } from './words.js'

/** The ring's consuming end; its own count never leaves it but through HEAD. */
export class RingConsumer<Item> implements Consumer<Item> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<Item>['slots']
  readonly #mask: number
  /** What HEAD holds, but for WAITING: the next item's number, times ITEM. */
  #head: number
  /** The head at which the ring is empty, by the cached TAIL. Never beyond the truth, as TAIL only grows. */
  #limit: number
  #closed = false

  constructor({ words, slots, capacity }: Memory<Item>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#head = Atomics.load(words, HEAD) & COUNT
    this.#limit = this.#head
  }

  tryPop(): Item | undefined {
    const head = this.#head
    if (head === this.#limit && !this.#findItems()) return undefined
    const item = this.#slots[(head >>> 2) & this.#mask]
    this.#head = (head + ITEM) | 0
    publish(this.#words, HEAD, head, this.#head)
    return item
  }

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): Item | undefined {
    checkTimeout(timeoutMs)
    const item = this.tryPop()
    if (item !== undefined || this.#closed || timeoutMs === 0) return item
    // Whatever ended the wait, an item, CLOSED or the time, tryPop tells what there is now.
    awaitPeer(this.#words, TAIL, this.#head, timeoutMs)
    return this.tryPop()
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    // A ring that looks empty sends tryPop to #findItems, which declines: closing costs the fast path nothing.
    this.#limit = this.#head
    close(this.#words, HEAD)
  }

  get closed(): boolean {
    return isClosed(this.#words)
  }

  get ended(): boolean {
    return this.#closed || hasEnded(this.#words, this.#head)
  }

  get size(): number {
    return sizeOf(this.#words, this.capacity)
  }

  /** Refreshes the cached TAIL, and so acquires the slots that the producer published. */
  #findItems(): boolean {
    if (this.#closed) return false
    this.#limit = Atomics.load(this.#words, TAIL) & COUNT
    return this.#limit !== this.#head
  }
}
