import { toSlot } from '../elements.js'
import { closedError } from '../errors.js'
import type { Memory } from '../memory.js'
import type { Producer } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import * as state from './words.js'

/** The producing end of the queue with a lock. All its state is shared, so nothing is cached between calls. */
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
    const slot = toSlot(item)
    state.lock(this.#words)
    return this.#putAndUnlock(slot, state.PRODUCER_CLOSED)
  }

  push(item: Item, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const slot = toSlot(item)
    const deadline = deadlineIn(timeoutMs)
    if (!state.lock(this.#words, deadline)) return false
    const ready = () => this.#hasRoom() || this.closed
    if (!state.waitFor(this.#words, state.NOT_FULL, ready, deadline)) return false
    return this.#putAndUnlock(slot, state.PRODUCER_CLOSED | state.CONSUMER_CLOSED)
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

  /**
   * Takes a converted item, as nothing may throw with the lock held.
   *
   * @throws `ERR_CLOSED`, with the lock free, when one of the `forbidden` ends is closed
   */
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
