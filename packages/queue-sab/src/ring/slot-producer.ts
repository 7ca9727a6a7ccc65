import type { Memory } from '../memory.js'
import type { AsyncOptions, Span, SpanProducer } from '../queue.js'
import { checkTimeout } from '../timeout.js'
import { ProducerEnd } from './producer-end.js'
import type { EndOptions } from './ring-end.js'
import { checkCount, MutableSpan } from './span.js'

/** A producing end whose items take one slot each, so that several can be written in place. */
export abstract class SlotProducer<Item, Slots extends ArrayLike<unknown>>
  extends ProducerEnd<Item>
  implements SpanProducer<Item, Slots>
{
  protected readonly slots: Slots
  protected readonly mask: number
  readonly #span: MutableSpan<Slots>

  constructor(memory: Memory, options: EndOptions, slots: Slots) {
    super(memory, options)
    this.slots = slots
    this.mask = slots.length - 1
    this.#span = new MutableSpan(slots)
  }

  reserve(count: number): Span<Slots> {
    checkCount(count, Number.POSITIVE_INFINITY)
    if (this.room() < count) this.findRoom(Math.min(count, this.slotsInUse))
    return this.#span.set(this.index(), Math.min(count, this.room()))
  }

  awaitRoom(timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    this.throwIfUnwanted()
    return this.#hasRoom() || this.retry(() => this.#hasRoom(), timeoutMs)
  }

  async awaitRoomAsync(options: AsyncOptions = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs ?? 0)
    options.signal?.throwIfAborted()
    this.throwIfUnwanted()
    return this.#hasRoom() || this.retryAsync(() => this.#hasRoom(), options)
  }

  commit(count: number): void {
    checkCount(count, this.#span.take(this.index()))
    if (count > 0) this.publishNext(count)
  }

  override close(): void {
    this.#span.take(-1)
    super.close()
  }

  #hasRoom(): boolean {
    return this.room() > 0 || this.findRoom(1)
  }

  /** Makes the next `count` slots visible, all at once. */
  protected publishNext(count: number): void {
    this.advance(count)
    this.flush()
  }

  /** The next item's slot. */
  protected index(): number {
    return (this.tail >>> 2) & this.mask
  }
}
