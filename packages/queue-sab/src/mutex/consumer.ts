import { endedBy, type Memory } from '../memory.js'
import type { Consumer } from '../queue.js'
import { flushPending } from '../ring/pending.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import * as state from './words.js'

/** The consuming end of the queue with a lock. All its state is shared, so nothing is cached between calls. */
export class MutexConsumer implements Consumer {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: state.Slots

  constructor({ words, capacity }: Memory, slots: state.Slots) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
  }

  tryPop(): number | undefined {
    state.lock(this.#words, state.CONSUMER)
    return this.#takeAndUnlock()
  }

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): number | undefined {
    checkTimeout(timeoutMs)
    const deadline = deadlineIn(timeoutMs)
    if (!state.lock(this.#words, state.CONSUMER, deadline)) return undefined
    const ready = () => this.#hasItems() || this.closed
    if (!state.waitFor(this.#words, state.CONSUMER, state.NOT_EMPTY, ready, deadline)) return undefined
    return this.#takeAndUnlock()
  }

  close(): void {
    state.close(this.#words, state.CONSUMER, state.NOT_FULL)
  }

  get closed(): boolean {
    return state.isClosed(this.#words)
  }

  get ended(): boolean {
    const closedHere = (Atomics.load(this.#words, state.CLOSED) & state.CONSUMER) !== 0
    return closedHere || (state.hasEnded(this.#words) && endedBy(this.#words, 'producer') === undefined)
  }

  get size(): number {
    return state.sizeOf(this.#words, state.CONSUMER)
  }

  #hasItems(): boolean {
    return state.count(this.#words) !== 0
  }

  #takeAndUnlock(): number | undefined {
    const words = this.#words
    const closed = Atomics.load(words, state.CLOSED)
    if (!this.#hasItems() || (closed & state.CONSUMER) !== 0) {
      state.unlock(words)
      flushPending()
      const error = closed === state.PRODUCER ? endedBy(words, 'producer') : undefined
      if (error !== undefined) throw error
      return undefined
    }
    const popped = state.read(words, state.POPPED)
    const item = this.#slots[popped & (this.#slots.length - 1)]
    words[state.POPPED] = popped + 1
    state.unlockAndSignal(words, state.NOT_FULL)
    return item
  }
}
