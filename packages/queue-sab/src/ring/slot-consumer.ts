import { QueueError } from '../errors.js'
import type { Memory } from '../memory.js'
import type { AsyncOptions, Span, SpanConsumer } from '../queue.js'
import { checkTimeout } from '../timeout.js'
import { ConsumerEnd } from './consumer-end.js'
import type { EndOptions } from './ring-end.js'
import { checkCount, MutableSpan } from './span.js'

/** A consuming end whose items take one slot each, so that several can be read in place. */
export abstract class SlotConsumer<Item, Slots extends ArrayLike<unknown>>
  extends ConsumerEnd<Item>
  implements SpanConsumer<Item, Slots>
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

  peek(count: number): Span<Slots> {
    checkCount(count, Number.POSITIVE_INFINITY)
    if (this.overwriting) {
      const message =
        'items in place may be overwritten while they are read; allowed: other policies than overwrite-oldest; use popMany'
      throw new QueueError('ERR_CAPABILITY', message)
    }
    if (this.known() < count) this.findItems()
    return this.#span.set(this.index(), Math.min(count, this.known()))
  }

  awaitItems(timeoutMs: number = Number.POSITIVE_INFINITY): boolean {
    checkTimeout(timeoutMs)
    return this.#hasItems() ?? this.retry(() => this.#hasItems(), timeoutMs) ?? false
  }

  async awaitItemsAsync(options: AsyncOptions = {}): Promise<boolean> {
    checkTimeout(options.timeoutMs ?? 0)
    options.signal?.throwIfAborted()
    return this.#hasItems() ?? (await this.retryAsync(() => this.#hasItems(), options)) ?? false
  }

  release(count: number): void {
    checkCount(count, this.#span.take(this.index()))
    if (count > 0) this.takeNext(count)
  }

  override close(): void {
    this.#span.take(-1)
    super.close()
  }

  /** Where items may be overwritten, those that were known of may be gone. */
  #hasItems(): true | undefined {
    return (this.known() > 0 && !this.overwriting) || this.findItems() || undefined
  }

  /** Gives the next `count` slots back, all at once; `false`: overwritten meanwhile. */
  protected takeNext(count: number): boolean {
    const taken = this.advance(count)
    this.flush()
    return taken
  }

  /** The next item's slot. */
  protected index(): number {
    return (this.head >>> 2) & this.mask
  }
}
