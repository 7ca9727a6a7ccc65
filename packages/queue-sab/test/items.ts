import { serialize } from 'node:v8'
import {
  type AsyncConsumer,
  type AsyncOptions,
  type AsyncProducer,
  bytes,
  clone,
  frames,
  json,
  record,
} from '@spsc/queue-sab'
import fc from 'fast-check'

/** What the model test knows of a type. */
export interface ItemKind {
  readonly name: string
  readonly type: unknown
  readonly item: fc.Arbitrary<unknown>
  /** Units of capacity that an item takes; absent: one. */
  readonly cost?: (item: unknown) => number
  /** Puts an item into a slot of a span, and takes it from there; absent: the type has no spans. */
  readonly write?: (slots: never, index: number, item: never) => void
  readonly read?: (slots: never, index: number) => unknown
  /** The items in a typed array, for `pushMany`; absent: not numbers. */
  readonly array?: (items: readonly unknown[]) => ArrayLike<unknown>
  /** The oldest item by `tryPopInto`; absent: the type has none. */
  readonly popInto?: (consumer: never) => unknown
}

const inPlace = {
  write: (slots: unknown[], index: number, item: unknown) => {
    slots[index] = item
  },
  read: (slots: unknown[], index: number) => slots[index],
}

const arrayOf = (View: { from(items: never): unknown }) => (items: readonly unknown[]) =>
  View.from(items as never) as ArrayLike<unknown>

interface BytesConsumer {
  tryPopInto(target: Uint8Array): number | undefined
}
const bytesInto = (most: number) => (consumer: BytesConsumer) => {
  const target = new Uint8Array(most)
  const length = consumer.tryPopInto(target)
  return length === undefined ? undefined : target.slice(0, length)
}

const schema = {
  i8: 'i8',
  u8: 'u8',
  i16: 'i16',
  text: 'ascii5',
  u16: 'u16',
  i32: 'i32',
  u32: 'u32',
  flag: 'bool',
  f32: 'f32',
  f64: 'f64',
  i64: 'i64',
  u64: 'u64',
} as const

const records = fc.record(
  {
    i8: fc.integer({ min: -128, max: 127 }),
    u8: fc.nat(255),
    i16: fc.integer({ min: -32768, max: 32767 }),
    text: fc.string({ unit: fc.integer({ min: 1, max: 127 }).map((code) => String.fromCharCode(code)), maxLength: 5 }),
    u16: fc.nat(65535),
    i32: fc.integer(),
    u32: fc.nat(2 ** 32 - 1),
    flag: fc.boolean(),
    f32: fc.float(),
    f64: fc.double(),
    i64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    u64: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  },
  { noNullPrototype: true },
)

const WORD = 4
const framed = (length: number) => WORD + Math.ceil(length / WORD) * WORD
const jsonValues = fc.jsonValue({ maxDepth: 2 }).map((value) => JSON.parse(JSON.stringify(value)))
const clonable = fc.oneof(
  jsonValues,
  fc.bigInt(),
  fc.date(),
  fc.double(),
  fc.uint8Array({ maxLength: 9 }),
  fc.array(fc.tuple(fc.string(), fc.constantFrom(null, undefined, 1)), { maxLength: 3 }).map((pairs) => new Map(pairs)),
)

/** Every type of item, with what the model needs to know of it. */
export const ITEM_KINDS: ItemKind[] = [
  { name: 'i32', type: 'i32', item: fc.integer(), array: arrayOf(Int32Array), ...inPlace },
  { name: 'u32', type: 'u32', item: fc.nat(2 ** 32 - 1), array: arrayOf(Uint32Array), ...inPlace },
  { name: 'f32', type: 'f32', item: fc.float(), array: arrayOf(Float32Array), ...inPlace },
  { name: 'f64', type: 'f64', item: fc.double(), array: arrayOf(Float64Array), ...inPlace },
  {
    name: 'i64',
    type: 'i64',
    item: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    array: arrayOf(BigInt64Array),
    ...inPlace,
  },
  {
    name: 'u64',
    type: 'u64',
    item: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    array: arrayOf(BigUint64Array),
    ...inPlace,
  },
  ...[1, 4, 7].map((size) => ({
    name: `bytes(${size})`,
    type: bytes(size),
    item: fc.uint8Array({ minLength: size, maxLength: size }),
    write: (slots: Uint8Array[], index: number, item: Uint8Array) => (slots[index] as Uint8Array).set(item),
    read: (slots: Uint8Array[], index: number) => (slots[index] as Uint8Array).slice(),
    popInto: bytesInto(size),
  })),
  {
    name: 'record',
    type: record(schema),
    item: records,
    write: (slots: object[], index: number, item: object) => void Object.assign(slots[index] as object, item),
    read: (slots: { toJSON(): unknown }[], index: number) => slots[index]?.toJSON(),
    popInto: (consumer: { tryPopInto(target: object): object | undefined }) => consumer.tryPopInto({}),
  },
  {
    name: 'frames',
    type: frames(),
    item: fc.uint8Array({ maxLength: 12 }),
    cost: (item) => framed((item as Uint8Array).length),
    popInto: bytesInto(12),
  },
  {
    name: 'json',
    type: json(),
    item: jsonValues,
    cost: (item) => framed(Buffer.byteLength(JSON.stringify(item))),
  },
  { name: 'clone', type: clone(), item: clonable, cost: (item) => framed(serialize(item).length) },
]

/** The ends of a queue of any type, for tests that run for all of them. */
export interface AnyEnds {
  readonly producer: AsyncProducer<unknown> & {
    reserve(count: number): { array: never; start: number; end: number }
    commit(count: number): void
    awaitRoom(timeoutMs: number): boolean
    awaitRoomAsync(options: AsyncOptions): Promise<boolean>
  }
  readonly consumer: AsyncConsumer<unknown> & {
    peek(count: number): { array: never; start: number; end: number }
    release(count: number): void
    awaitItems(timeoutMs: number): boolean
    awaitItemsAsync(options: AsyncOptions): Promise<boolean>
  }
}
