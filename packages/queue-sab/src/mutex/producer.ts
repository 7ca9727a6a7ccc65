import { closedError } from '../errors.js'
import { endedBy, type Memory } from '../memory.js'
import type { Producer } from '../queue.js'
import { flushPending } from '../ring/pending.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import * as state from './words.js'

/**
 * Converts before the lock is taken, as nothing may throw with it held.
 *
 * @throws TypeError for a symbol or a bigint; whatever the item's `valueOf` throws
 */
function toNumber(item: number): number {
  return +item
}

/** The producing end of the queue with a lock. All its state is shared, so nothing is cached between calls. */
export class MutexProducer implements Producer {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: state.Slots

  constructor({ words, capacity }: Memory, slots: state.Slots) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
  }

  tryPush(item: number): boolean {
    const slot = toNumber(item)
    state.lock(this.#words, state.PRODUCER)
    return this.#putAndUnlock(slot, state.PRODUCER)
  }

  push(item: number, timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    const slot = toNumber(item)
    const deadline = deadlineIn(timeoutMs)
    if (!state.lock(this.#words, state.PRODUCER, deadline)) return false
    const ready = () => this.#hasRoom() || this.closed
    if (!state.waitFor(this.#words, state.PRODUCER, state.NOT_FULL, ready, deadline)) return false
    return this.#putAndUnlock(slot, state.PRODUCER | state.CONSUMER)
  }

  close(): void {
    state.close(this.#words, state.PRODUCER, state.NOT_EMPTY)
  }

  get closed(): boolean {
    return state.isClosed(this.#words)
  }

  get size(): number {
    return state.sizeOf(this.#words, state.PRODUCER)
  }

  #hasRoom(): boolean {
    return state.count(this.#words) < this.capacity
  }

  /**
   * Takes a converted item, as nothing may throw with the lock held.
   *
   * @throws `ERR_CLOSED`, with the lock free, when one of the `forbidden` ends is closed
   */
  #putAndUnlock(item: number, forbidden: number): boolean {
    const words = this.#words
    const closed = (Atomics.load(words, state.CLOSED) & forbidden) !== 0
    if (closed || !this.#hasRoom()) {
      state.unlock(words)
      flushPending()
      if (closed) throw endedBy(words, 'consumer') ?? closedError()
      return false
    }
    const pushed = state.read(words, state.PUSHED)
    this.#slots[pushed & (this.#slots.length - 1)] = item
    words[state.PUSHED] = pushed + 1
    state.unlockAndSignal(words, state.NOT_EMPTY)
    return true
  }
}
