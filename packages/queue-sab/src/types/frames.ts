import type { ItemType } from '../item-type.js'
import type { AsyncConsumer, AsyncProducer } from '../queue.js'
import { checkBytes } from './check-bytes.js'
import { SLOT } from './frame-memory.js'
import { FramedConsumer, FramedProducer } from './framed.js'

/** A producing end of byte sequences of any length. */
export interface FramesProducer extends AsyncProducer<Uint8Array> {
  /** The longest item there can be, in bytes. */
  readonly maxBytes: number
}

/** A consuming end of byte sequences of any length. */
export interface FramesConsumer extends AsyncConsumer<Uint8Array> {
  readonly maxBytes: number
  /**
   * Copies the oldest item to the start of `target` and removes it. Allocates nothing.
   *
   * @returns its length in bytes; `undefined`: the queue is empty, or this end is closed
   * @throws `ERR_OPTION` where `target` is too short for it, with the queue as it was
   */
  tryPopInto(target: Uint8Array): number | undefined
}

/**
 * The type of queues whose items are byte sequences of any length, 0 to 4 bytes less than the capacity. The capacity is in
 * bytes; each item takes its length, rounded up to a multiple of 4, and 4 more. `size` is in bytes, too.
 *
 * @example
 * const queue = createQueue({ capacity: 65536, type: frames() })
 * queue.producer().tryPush(new TextEncoder().encode('hello'))
 */
export function frames(): ItemType<FramesProducer, FramesConsumer> {
  return {
    name: 'frames',
    code: 8,
    slotBytes: SLOT,
    schema: 0,
    slotsPerUnit: 1 / SLOT,
    producer: (memory, options) => new FramesProducerEnd(memory, options),
    consumer: (memory, options) => new FramesConsumerEnd(memory, options),
  }
}

class FramesProducerEnd extends FramedProducer<Uint8Array> implements FramesProducer {
  protected override snapshot(item: Uint8Array): Uint8Array {
    return item.slice()
  }

  tryPush(item: Uint8Array): boolean {
    checkBytes('item', item, 0, this.maxBytes)
    return this.pushBytes(item)
  }

  protected override prepare(item: Uint8Array): Uint8Array {
    checkBytes('item', item, 0, this.maxBytes)
    return item
  }
}

class FramesConsumerEnd extends FramedConsumer<Uint8Array> implements FramesConsumer {
  tryPop(): Uint8Array | undefined {
    return this.popBytes()
  }

  tryPopInto(target: Uint8Array): number | undefined {
    for (;;) {
      const length = this.nextLength()
      if (length === undefined) return undefined
      // Of a frame that is being overwritten the length may be anything.
      if (this.overwriting && target.length < length && !this.isStillThere()) continue
      checkBytes('target', target, length, Number.POSITIVE_INFINITY)
      if (this.take(length, target)) return length
    }
  }
}
