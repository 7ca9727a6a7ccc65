import { optionError, QueueError } from '../errors.js'
import type { ItemType } from '../item-type.js'
import type { Memory } from '../memory.js'
import type { AsyncConsumer, AsyncProducer } from '../queue.js'
import type { EndOptions } from '../ring/ring-end.js'
import { SLOT } from './frame-memory.js'
import { FramedConsumer, FramedProducer } from './framed.js'

/** What the runtime has of `node:v8`. */
interface Serializer {
  serialize(value: unknown): Uint8Array
  deserialize(bytes: Uint8Array): unknown
}

/** Not imported, so that bundles for browsers need no replacement for it. */
function serializer(): Serializer {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  const found = process?.getBuiltinModule?.('node:v8') as Serializer | undefined
  if (found !== undefined) return found
  const message = 'this runtime has no serializer of its own; allowed: Node.js, Deno, Bun; use json()'
  throw new QueueError('ERR_CAPABILITY', message)
}

/**
 * The type of queues whose items are whatever can be cloned, as `postMessage` does it but without transfer: also Map, Set,
 * Date, bigint, typed arrays, cycles. Slower than `json`, for what JSON can't say. The capacity is in bytes. Both ends
 * must run in the same runtime, whose format it is.
 *
 * @throws `ERR_CAPABILITY` where the runtime has no `node:v8`
 *
 * @example
 * const queue = createQueue({ capacity: 65536, type: clone<Map<string, Date>>() })
 */
export function clone<Item = unknown>(): ItemType<AsyncProducer<Item>, AsyncConsumer<Item>> {
  const { serialize, deserialize } = serializer()
  return {
    name: 'clone',
    code: 11,
    slotBytes: SLOT,
    schema: 0,
    slotsPerUnit: 1 / SLOT,
    producer: (memory, options) => new CloneProducer<Item>(memory, options, serialize),
    consumer: (memory, options) => new CloneConsumer<Item>(memory, options, deserialize),
  }
}

/** An item that waits for room as what it was when it was pushed. */
class Serialized {
  readonly bytes: Uint8Array

  constructor(bytes: Uint8Array) {
    this.bytes = bytes
  }
}

class CloneProducer<Item> extends FramedProducer<Item> {
  readonly #serialize: Serializer['serialize']

  constructor(memory: Memory, options: EndOptions, serialize: Serializer['serialize']) {
    super(memory, options)
    this.#serialize = serialize
  }

  tryPush(item: Item): boolean {
    return this.pushBytes(this.#bytesOf(item))
  }

  protected override prepare(item: Item): Item {
    return new Serialized(this.#bytesOf(item)) as Item
  }

  /** @throws `ERR_OPTION` for `undefined`, by which tryPop says that there is no item · whatever `serialize` throws */
  #bytesOf(item: unknown): Uint8Array {
    if (item instanceof Serialized) return item.bytes
    if (item === undefined) throw optionError('item', item, 'what can be cloned, but for undefined')
    return this.#serialize(item)
  }
}

class CloneConsumer<Item> extends FramedConsumer<Item> {
  readonly #deserialize: Serializer['deserialize']

  constructor(memory: Memory, options: EndOptions, deserialize: Serializer['deserialize']) {
    super(memory, options)
    this.#deserialize = deserialize
  }

  tryPop(): Item | undefined {
    const bytes = this.popBytes()
    return bytes === undefined ? undefined : (this.#deserialize(bytes) as Item)
  }
}
