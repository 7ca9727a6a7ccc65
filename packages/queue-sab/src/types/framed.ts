import { QueueError } from '../errors.js'
import type { Memory } from '../memory.js'
import { ConsumerEnd } from '../ring/consumer-end.js'
import { ProducerEnd } from '../ring/producer-end.js'
import type { EndOptions } from '../ring/ring-end.js'
import { FrameMemory, SLOT, slotsFor } from './frame-memory.js'

/** A producing end whose items are as long as they are. */
export abstract class FramedProducer<Item> extends ProducerEnd<Item> {
  /** The longest item there can be, in bytes. */
  readonly maxBytes: number
  protected readonly frames: FrameMemory
  /** Items written since the last publication. */
  #held = 0

  constructor(memory: Memory, options: EndOptions) {
    super(memory, options)
    this.maxBytes = memory.capacity - SLOT
    this.frames = new FrameMemory(memory)
  }

  override flush(): void {
    // First, so that nobody can have popped what is not yet counted.
    if (this.#held > 0) this.totals.countPushed(this.#held)
    this.#held = 0
    super.flush()
  }

  protected override oldestSlots(head: number): number {
    return slotsFor(this.frames.lengthAt(head, this.maxBytes))
  }

  /** @throws `ERR_OPTION` where there can never be */
  protected hasRoom(bytes: number): boolean {
    if (bytes > this.maxBytes) {
      const message = `item takes ${bytes} bytes or more; allowed: up to ${this.maxBytes}; make the queue with more capacity`
      throw new QueueError('ERR_OPTION', message)
    }
    return this.room() >= slotsFor(bytes) || this.findRoom(slotsFor(bytes))
  }

  protected pushBytes(bytes: Uint8Array): boolean {
    if (!this.hasRoom(bytes.length)) return this.refuse()
    this.frames.write(this.tail, bytes)
    return this.pushed(bytes.length)
  }

  /** A frame of so many bytes is written. */
  protected pushed(bytes: number): true {
    this.#held++
    this.advance(slotsFor(bytes))
    return true
  }
}

/** A consuming end whose items are as long as they are. */
export abstract class FramedConsumer<Item> extends ConsumerEnd<Item> {
  readonly maxBytes: number
  protected readonly frames: FrameMemory

  constructor(memory: Memory, options: EndOptions) {
    super(memory, options)
    this.maxBytes = memory.capacity - SLOT
    this.frames = new FrameMemory(memory)
  }

  /** Bytes of the oldest item; `undefined`: there is none. Where it is being overwritten it may be any number that can be. */
  protected nextLength(): number | undefined {
    if (this.head === this.limit && !this.findItems()) return undefined
    // A frame that ends beyond the last published slot is none.
    return this.frames.lengthAt(this.head, Math.min(this.maxBytes, (this.known() - 1) * SLOT))
  }

  /**
   * Copies the oldest item, of `length` bytes, to `into` from byte `to` on, and removes it.
   *
   * @returns `false`: it had been overwritten, what is in `into` is nothing
   */
  protected take(length: number, into: Uint8Array, to = 0): boolean {
    this.frames.read(this.head, length, into, to)
    if (!this.advance(slotsFor(length))) return false
    this.totals.countPopped()
    return true
  }

  /** A fresh copy of the oldest item, which it removes; `undefined`: there is none. */
  protected popBytes(): Uint8Array | undefined {
    for (;;) {
      const length = this.nextLength()
      if (length === undefined) return undefined
      const bytes = new Uint8Array(length)
      if (this.take(length, bytes)) return bytes
    }
  }
}
