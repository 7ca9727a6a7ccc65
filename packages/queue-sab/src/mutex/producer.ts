import { checkTimeout } from '../blocking.js'
import { closedError } from '../errors.js'
import type { Memory } from '../memory.js'
import type { Producer } from '../queue.js'
import * as state from './words.js'

export class MutexProducer<Item> implements Producer<Item> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<Item>['slots']

  constructor({ words, slots, capacity }: Memory<Item>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
  }

  tryPush(item: Item): boolean {
    state.lock(this.#words)
    return this.#putAndUnlock(item, state.PRODUCER_CLOSED)
  }

  push(item: Item, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    state.lock(this.#words)
    state.waitFor(this.#words, state.NOT_FULL, () => this.#hasRoom() || this.closed, timeoutMs)
    return this.#putAndUnlock(item, state.PRODUCER_CLOSED | state.CONSUMER_CLOSED)
  }

  close(): void {
    state.close(this.#words, state.PRODUCER_CLOSED, state.NOT_EMPTY)
  }

  get closed(): boolean {
    return state.isClosed(this.#words)
  }

  get size(): number {
    return state.sizeOf(this.#words)
  }

  #hasRoom(): boolean {
    return state.count(this.#words) < this.capacity
  }

  /** Throws when one of the `forbidden` ends is closed. */
  #putAndUnlock(item: Item, forbidden: number): boolean {
    const words = this.#words
    const closed = (state.read(words, state.CLOSED) & forbidden) !== 0
    if (closed || !this.#hasRoom()) {
      state.unlock(words)
      if (closed) throw closedError()
      return false
    }
    const pushed = state.read(words, state.PUSHED)
    this.#slots[pushed & (this.#slots.length - 1)] = item
    words[state.PUSHED] = pushed + 1
    state.unlockAndSignal(words, state.NOT_EMPTY)
    return true
  }
}
