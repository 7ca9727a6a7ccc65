import type { Memory } from '../memory.js'
import type { Consumer } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import * as state from './words.js'

/** The consuming end of the queue with a lock. All its state is shared, so nothing is cached between calls. */
export class MutexConsumer<Item> implements Consumer<Item> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<Item>['slots']

  constructor({ words, slots, capacity }: Memory<Item>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
  }

  tryPop(): Item | undefined {
    state.lock(this.#words)
    return this.#takeAndUnlock()
  }

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): Item | undefined {
    checkTimeout(timeoutMs)
    const deadline = deadlineIn(timeoutMs)
    if (!state.lock(this.#words, deadline)) return undefined
    const ready = () => this.#hasItems() || this.closed
    if (!state.waitFor(this.#words, state.NOT_EMPTY, ready, deadline)) return undefined
    return this.#takeAndUnlock()
  }

  close(): void {
    state.close(this.#words, state.CONSUMER_CLOSED, state.NOT_FULL)
  }

  get closed(): boolean {
    return state.isClosed(this.#words)
  }

  get ended(): boolean {
    return state.hasEnded(this.#words)
  }

  get size(): number {
    return state.sizeOf(this.#words)
  }

  #hasItems(): boolean {
    return state.count(this.#words) !== 0
  }

  #takeAndUnlock(): Item | undefined {
    const words = this.#words
    if (!this.#hasItems() || (state.read(words, state.CLOSED) & state.CONSUMER_CLOSED) !== 0) {
      state.unlock(words)
      return undefined
    }
    const popped = state.read(words, state.POPPED)
    const item = this.#slots[popped & (this.#slots.length - 1)]
    words[state.POPPED] = popped + 1
    state.unlockAndSignal(words, state.NOT_FULL)
    return item
  }
}
