import { QueueError } from '../errors.js'
import type { ItemType } from '../item-type.js'
import type { AsyncConsumer, AsyncProducer } from '../queue.js'
import { SLOT } from './frame-memory.js'
import { FramedConsumer, FramedProducer } from './framed.js'

/**
 * The type of queues whose items are plain values, as JSON carries them. The capacity is in bytes; an item takes those of
 * its JSON text in UTF-8, and 4 to 7 more. Items are parsed several at a time, so a consumer may have taken a few out of
 * the ring that it has not given yet.
 *
 * @example
 * const queue = createQueue({ capacity: 65536, type: json<{ user: string; ms: number }>() })
 * queue.producer().tryPush({ user: 'ada', ms: 12 })
 */
export function json<Item = unknown>(): ItemType<AsyncProducer<Item>, AsyncConsumer<Item>> {
  return {
    name: 'json',
    code: 10,
    slotBytes: SLOT,
    schema: 0,
    slotsPerUnit: 1 / SLOT,
    producer: (memory, options) => new JsonProducer<Item>(memory, options),
    consumer: (memory, options) => new JsonConsumer<Item>(memory, options),
  }
}

/** An item that waits for room as the text that it was when it was pushed. */
class Text {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** @throws `ERR_OPTION` where JSON has nothing to say it · whatever JSON.stringify throws */
function textOf(item: unknown): string {
  if (item instanceof Text) return item.text
  const text = JSON.stringify(item)
  if (text !== undefined) return text
  throw new QueueError('ERR_OPTION', `item is of type ${typeof item}; allowed: what JSON can say`)
}

class JsonProducer<Item> extends FramedProducer<Item> {
  readonly #encoder = new TextEncoder()

  tryPush(item: Item): boolean {
    const text = textOf(item)
    // UTF-8 has one to three bytes per UTF-16 unit. Where it may be too long at all, that must be known first.
    if (text.length > this.maxBytes / 3) return this.pushBytes(this.#encoder.encode(text))
    if (!this.hasRoom(text.length)) return this.refuse()
    if (!this.frames.writeAscii(this.tail, text)) return this.pushBytes(this.#encoder.encode(text))
    return this.pushed(text.length)
  }

  protected override prepare(item: Item): Item {
    return new Text(textOf(item)) as Item
  }
}

/** Items parsed at a time, and bytes of them: so much of the cost of a call is shared. */
const BATCH_ITEMS = 64
const BATCH_BYTES = 16_384
const COMMA = 0x2c
const OPEN = 0x5b
const CLOSE = 0x5d

class JsonConsumer<Item> extends FramedConsumer<Item> {
  readonly #decoder = new TextDecoder()
  /** Texts on the way from shared memory, which a browser's TextDecoder refuses to read, as a JSON array. */
  #text = new Uint8Array(BATCH_BYTES).fill(OPEN, 0, 1)
  /** Parsed items, of which the first ones have been given. */
  #items: Item[] = []
  #given = 0

  tryPop(): Item | undefined {
    // What no producer has written may be blank, and give no item.
    while (this.#given === this.#items.length) if (!this.#parseNext()) return undefined
    return this.#items[this.#given++]
  }

  override get ended(): boolean {
    return this.#given === this.#items.length && super.ended
  }

  override close(): void {
    this.#items = []
    this.#given = 0
    super.close()
  }

  #parseNext(): boolean {
    let end = 1
    for (let items = 0; items < BATCH_ITEMS; ) {
      // Looks for more than is known of only where there is nothing yet.
      if (items > 0 && this.head === this.limit) break
      const length = this.nextLength()
      if (length === undefined) break
      if (end + length + 1 > this.#text.length) {
        if (items > 0) break
        this.#text = new Uint8Array(length + 2).fill(OPEN, 0, 1)
      }
      if (!this.take(length, this.#text, end)) continue
      end += length
      this.#text[end++] = COMMA
      items++
    }
    if (end === 1) return false
    this.#text[end - 1] = CLOSE
    this.#items = JSON.parse(this.#decoder.decode(this.#text.subarray(0, end)))
    this.#given = 0
    return true
  }
}
