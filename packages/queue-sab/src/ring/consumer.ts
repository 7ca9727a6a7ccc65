import type { ElementType, ItemOf, ViewOf } from '../elements.js'
import type { Memory } from '../memory.js'
import type { AsyncOptions, RingConsumer as Contract, Span } from '../queue.js'
import { checkTimeout, deadlineIn } from '../timeout.js'
import type { Waiting } from '../waiting.js'
import { checkCount, MutableSpan } from './span.js'
import {
  awaitPeer,
  awaitPeerAsync,
  COUNT,
  close,
  HEAD,
  hasEnded,
  ITEM,
  isClosed,
  publish,
  sizeOf,
  TAIL,
} from './words.js'

/** The ring's consuming end; its own count never leaves it but through HEAD. */
export class RingConsumer<Type extends ElementType> implements Contract<Type> {
  readonly capacity: number
  readonly #words: Int32Array
  readonly #slots: Memory<ItemOf<Type>>['slots']
  readonly #mask: number
  readonly #waiting: Waiting
  readonly #span: MutableSpan<Type>
  /** What HEAD holds, but for WAITING: the next item's number, times ITEM. */
  #head: number
  /** The head at which the ring is empty, by the cached TAIL. Never beyond the truth, as TAIL only grows. */
  #limit: number
  #closed = false

  constructor({ words, slots, capacity, waiting }: Memory<ItemOf<Type>>) {
    this.capacity = capacity
    this.#words = words
    this.#slots = slots
    this.#mask = slots.length - 1
    this.#waiting = waiting
    this.#span = new MutableSpan(slots as ViewOf<Type>)
    this.#head = Atomics.load(words, HEAD) & COUNT
    this.#limit = this.#head
  }

  tryPop(): ItemOf<Type> | undefined {
    const head = this.#head
    if (head === this.#limit && !this.#findItems()) return undefined
    const item = this.#slots[(head >>> 2) & this.#mask]
    this.#head = (head + ITEM) | 0
    publish(this.#words, HEAD, head, this.#head, this.#waiting)
    return item
  }

  pop(timeoutMs: number = Number.POSITIVE_INFINITY): ItemOf<Type> | undefined {
    checkTimeout(timeoutMs)
    const item = this.tryPop()
    if (item !== undefined || this.#closed || timeoutMs === 0) return item
    // Whatever ended the wait, an item, CLOSED or the time, tryPop tells what there is now.
    awaitPeer(this.#words, TAIL, this.#head, timeoutMs, this.#waiting)
    return this.tryPop()
  }

  popMany(into: { readonly length: number; [index: number]: ItemOf<Type> }): number {
    const wanted = into.length
    if (this.#known() < wanted) this.#findItems()
    // Of what is known only as much as there can be: the peer's word may say anything.
    const count = Math.min(wanted, this.#known(), this.capacity)
    if (count === 0) return 0
    const first = this.#head >>> 2
    for (let i = 0; i < count; i++) into[i] = this.#slots[(first + i) & this.#mask] as ItemOf<Type>
    this.#giveBack(count)
    return count
  }

  drain(use: (item: ItemOf<Type>) => void): number {
    let drained = 0
    for (let item = this.tryPop(); item !== undefined; item = this.tryPop(), drained++) use(item)
    return drained
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ItemOf<Type>, void, undefined> {
    for (let item = await this.popAsync(); item !== undefined; item = await this.popAsync()) yield item
  }

  async popAsync({
    timeoutMs = Number.POSITIVE_INFINITY,
    signal,
  }: AsyncOptions = {}): Promise<ItemOf<Type> | undefined> {
    checkTimeout(timeoutMs)
    const deadline = deadlineIn(timeoutMs)
    signal?.throwIfAborted()
    for (;;) {
      const item = this.tryPop()
      if (item !== undefined || this.ended) return item
      // Another popAsync of this end may take the item first: then wait again.
      if (!(await awaitPeerAsync(this.#words, TAIL, this.#head, deadline, this.#waiting, signal))) return undefined
    }
  }

  peek(count: number): Span<Type> {
    checkCount(count, Number.POSITIVE_INFINITY)
    if (this.#known() < count) this.#findItems()
    return this.#span.set(this.#index(), Math.min(count, this.#known()))
  }

  release(count: number): void {
    checkCount(count, this.#span.take(this.#index()))
    if (count > 0) this.#giveBack(count)
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    // A ring that looks empty sends tryPop to #findItems, which declines: closing costs the fast path nothing.
    this.#limit = this.#head
    this.#span.take(-1)
    close(this.#words, HEAD, this.#waiting)
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

  /** Gives the next `count` slots back, all at once. */
  #giveBack(count: number): void {
    const head = this.#head
    this.#head = (head + count * ITEM) | 0
    publish(this.#words, HEAD, head, this.#head, this.#waiting)
  }

  /** The next item's slot. */
  #index(): number {
    return (this.#head >>> 2) & this.#mask
  }

  /** Items that are known of. */
  #known(): number {
    return ((this.#limit - this.#head) | 0) >>> 2
  }

  /** Refreshes the cached TAIL, and so acquires the slots that the producer published. */
  #findItems(): boolean {
    if (this.#closed) return false
    this.#limit = Atomics.load(this.#words, TAIL) & COUNT
    return this.#limit !== this.#head
  }
}
