import { optionError } from '../errors.js'
import type { ItemType } from '../item-type.js'
import { type Memory, slotsOf } from '../memory.js'
import type { SpanConsumer, SpanProducer } from '../queue.js'
import type { EndOptions } from '../ring/ring-end.js'
import { SlotConsumer } from '../ring/slot-consumer.js'
import { SlotProducer } from '../ring/slot-producer.js'
import { checkBytes } from './check-bytes.js'

/** A producing end of byte sequences of one length. A span's array has one view per slot, to be filled in place. */
export interface BytesProducer extends SpanProducer<Uint8Array, readonly Uint8Array[]> {}

/** A consuming end of byte sequences of one length. A span's array has one view per slot, to be read in place. */
export interface BytesConsumer extends SpanConsumer<Uint8Array, readonly Uint8Array[]> {
  /**
   * Copies the oldest item to the start of `target` and removes it. Allocates nothing.
   *
   * @returns how many bytes that were; `undefined`: the queue is empty, or this end is closed
   * @throws `ERR_OPTION` where `target` is shorter than an item, with the queue as it was
   */
  tryPopInto(target: Uint8Array): number | undefined
}

/** A slot for a sequence is this much at least, so that it can be copied by words. */
const WORD = 4
const MAX_BYTES = 2 ** 20

/**
 * The type of queues whose items are byte sequences of exactly `size` bytes, 1 to 2^20. `tryPush` copies them in,
 * `tryPop` gives a fresh copy, `tryPopInto` and spans need none.
 *
 * @throws `ERR_OPTION`
 *
 * @example
 * const queue = createQueue({ capacity: 1024, type: bytes(64) })
 * queue.producer().tryPush(new Uint8Array(64))
 */
export function bytes(size: number): ItemType<BytesProducer, BytesConsumer> {
  if (!Number.isInteger(size) || size < 1 || size > MAX_BYTES) {
    throw optionError('size', size, `an integer from 1 to ${MAX_BYTES}`)
  }
  const slotBytes = Math.ceil(size / WORD) * WORD
  const views = (memory: Memory) => {
    const all = slotsOf(memory, Uint8Array)
    return Array.from({ length: all.length / slotBytes }, (_, slot) =>
      all.subarray(slot * slotBytes, slot * slotBytes + size),
    )
  }
  return {
    name: 'bytes',
    code: 7,
    slotBytes,
    schema: size,
    slotsPerUnit: 1,
    producer: (memory, options) => new Producer(memory, options, views(memory), size),
    consumer: (memory, options) => new Consumer(memory, options, views(memory), size),
  }
}

class Producer extends SlotProducer<Uint8Array, readonly Uint8Array[]> implements BytesProducer {
  readonly #bytes: number

  constructor(memory: Memory, options: EndOptions, slots: readonly Uint8Array[], bytes: number) {
    super(memory, options, slots)
    this.#bytes = bytes
  }

  protected override prepare(item: Uint8Array): Uint8Array {
    checkBytes('item', item, this.#bytes, this.#bytes)
    return item
  }

  protected override snapshot(item: Uint8Array): Uint8Array {
    return item.slice()
  }

  tryPush(item: Uint8Array): boolean {
    checkBytes('item', item, this.#bytes, this.#bytes)
    if (this.tail === this.limit && !this.findRoom(1)) return this.refuse()
    ;(this.slots[this.index()] as Uint8Array).set(item)
    this.advance(1)
    return true
  }
}

class Consumer extends SlotConsumer<Uint8Array, readonly Uint8Array[]> implements BytesConsumer {
  readonly #bytes: number

  constructor(memory: Memory, options: EndOptions, slots: readonly Uint8Array[], bytes: number) {
    super(memory, options, slots)
    this.#bytes = bytes
  }

  tryPop(): Uint8Array | undefined {
    const item = new Uint8Array(this.#bytes)
    return this.tryPopInto(item) === undefined ? undefined : item
  }

  tryPopInto(target: Uint8Array): number | undefined {
    checkBytes('target', target, this.#bytes, Number.POSITIVE_INFINITY)
    for (;;) {
      if (this.head === this.limit && !this.findItems()) return undefined
      target.set(this.slots[this.index()] as Uint8Array)
      if (this.advance(1)) return this.#bytes
    }
  }
}
