import { optionError } from '../errors.js'
import type { ItemType } from '../item-type.js'
import { type Memory, slotsOf } from '../memory.js'
import type { SpanConsumer, SpanProducer } from '../queue.js'
import type { EndOptions } from '../ring/ring-end.js'
import { SlotConsumer } from '../ring/slot-consumer.js'
import { SlotProducer } from '../ring/slot-producer.js'
import { type Accessor, AT, type Field, type FieldType, fieldOf, type Property, type ValueOf } from './fields.js'

/** Names and types of a record's fields. */
export type Schema = Readonly<Record<string, FieldType>>

/** The plain object that a schema describes. */
export type RecordOf<Fields extends Schema> = { -readonly [Name in keyof Fields]: ValueOf<Fields[Name]> }

/** A producing end of records. A span's array has one accessor per slot: assigning to its fields writes in place. */
export interface RecordProducer<Fields extends Schema>
  extends SpanProducer<RecordOf<Fields>, readonly RecordOf<Fields>[]> {}

/** A consuming end of records. A span's array has one accessor per slot: reading its fields reads in place. */
export interface RecordConsumer<Fields extends Schema>
  extends SpanConsumer<RecordOf<Fields>, readonly RecordOf<Fields>[]> {
  /**
   * Copies the oldest record's fields to `target` and removes it. Allocates nothing but the text of text fields.
   *
   * @returns `target`; `undefined`: the queue is empty, or this end is closed
   */
  tryPopInto(target: RecordOf<Fields>): RecordOf<Fields> | undefined
}

type Plain = Record<string, unknown>
type Slots = readonly (Accessor & Plain)[]

const MAX_FIELDS = 256
/** Slots are multiples of this, the largest alignment. */
const SLOT_ALIGNMENT = 8

/**
 * The type of queues whose items are records with the same fields: numbers `i8` to `f64`, bigints `i64` and `u64`, `bool`,
 * and ASCII text of a given length, `ascii1` to `ascii255`. `tryPush` takes a plain object with those fields and `tryPop`
 * gives one; spans read and write the fields in place and allocate nothing.
 *
 * @throws `ERR_OPTION`
 *
 * @example
 * const trade = record({ id: 'u32', price: 'f64', side: 'u8', symbol: 'ascii8' })
 * const producer = createQueue({ capacity: 1024, type: trade }).producer()
 * producer.tryPush({ id: 1, price: 9.5, side: 0, symbol: 'SPSC' })
 *
 * const { array, start, end } = producer.reserve(1)
 * if (start < end) {
 *   array[start].price = 9.25
 *   producer.commit(1)
 * }
 */
export function record<const Fields extends Schema>(
  fields: Fields,
): ItemType<RecordProducer<Fields>, RecordConsumer<Fields>> {
  const allowed = `an object of 1 to ${MAX_FIELDS} fields, none called __proto__`
  if (typeof fields !== 'object' || fields === null) throw optionError('fields', fields, allowed)
  const entries = Object.entries(fields)
  const names = entries.map(([name]) => name)
  if (names.length < 1 || names.length > MAX_FIELDS || names.includes('__proto__')) {
    throw optionError('fields', fields, allowed)
  }
  const placed = place(entries)
  const slotBytes = Math.ceil(placed.end / SLOT_ALIGNMENT) * SLOT_ALIGNMENT
  const bind = (view: DataView) => bound(view, placed.fields, slotBytes)
  return {
    name: 'record',
    code: 9,
    slotBytes,
    schema: hash(JSON.stringify(entries)),
    slotsPerUnit: 1,
    producer: (memory, options) =>
      new Producer(memory, options, bind(slotsOf(memory, DataView)), () =>
        bind(new DataView(new ArrayBuffer(slotBytes))),
      ) as unknown as RecordProducer<Fields>,
    consumer: (memory, options) =>
      new Consumer(memory, options, bind(slotsOf(memory, DataView))) as unknown as RecordConsumer<Fields>,
  }
}

interface Placed {
  readonly name: string
  readonly offset: number
  readonly field: Field
}

/** One field after the other, each at a multiple of its alignment. */
function place(entries: readonly (readonly [string, unknown])[]): { fields: Placed[]; end: number } {
  let end = 0
  const fields = entries.map(([name, type]) => {
    const field = fieldOf(name, type)
    const offset = Math.ceil(end / field.alignment) * field.alignment
    end = offset + field.bytes
    return { name, offset, field }
  })
  return { fields, end }
}

/** FNV-1a, 32 bits: http://www.isthe.com/chongo/tech/comp/fnv/ */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01000193)
  return value | 0
}

/** A record's fields in one memory. */
interface Bound {
  /** An object per slot, all of one class whose properties read and write the slot. */
  readonly slots: Slots
  readonly names: readonly string[]
  /** The accessors' own functions: to go by the name of a property that varies is many times slower. */
  readonly properties: readonly Property<unknown>[]
  /** The whole memory. */
  readonly words: Int32Array
}

function bound(view: DataView, fields: readonly Placed[], slotBytes: number): Bound {
  class RecordAccessor {
    readonly [AT]: number

    constructor(at: number) {
      this[AT] = at
    }

    /** For JSON and consoles, which see no properties of a prototype. */
    toJSON(): Plain {
      return Object.fromEntries(fields.map(({ name }) => [name, (this as unknown as Plain)[name]]))
    }
  }
  const properties = fields.map(({ offset, field }) => field.property(view, offset) as unknown as Property<unknown>)
  fields.forEach(({ name }, i) => {
    Object.defineProperty(RecordAccessor.prototype, name, { ...properties[i], enumerable: true, configurable: true })
  })
  const count = Math.floor(view.byteLength / slotBytes)
  const slots = Array.from({ length: count }, (_, slot) => new RecordAccessor(slot * slotBytes)) as unknown as Slots
  const words = new Int32Array(view.buffer, view.byteOffset, view.byteLength >> 2)
  return { slots, names: fields.map(({ name }) => name), properties, words }
}

class Producer extends SlotProducer<Plain, Slots> {
  readonly #bound: Bound
  readonly #stage: () => Bound
  /** One record in memory that is not shared; `undefined` while one is being staged, in case a field's code pushes another. */
  #staged: Bound | undefined

  constructor(memory: Memory, options: EndOptions, bound: Bound, stage: () => Bound) {
    super(memory, options, bound.slots)
    this.#bound = bound
    this.#stage = stage
    this.#staged = stage()
  }

  /**
   * Reading or converting a field can run the caller's code, which may throw or push itself: so the queue is touched only
   * when the record is complete.
   */
  tryPush(item: Plain): boolean {
    const staged = this.#staged ?? this.#stage()
    const { names, properties, slots, words } = staged
    this.#staged = undefined
    try {
      const slot = slots[0] as Accessor
      for (let i = 0; i < names.length; i++) {
        ;(properties[i] as Property<unknown>).set.call(slot, item[names[i] as string])
      }
    } finally {
      this.#staged = staged
    }
    if (this.tail === this.limit && !this.findRoom(1)) return this.refuse()
    const at = this.index() * words.length
    for (let i = 0; i < words.length; i++) this.#bound.words[at + i] = words[i] as number
    this.advance(1)
    return true
  }

  protected override snapshot(item: Plain): Plain {
    return { ...item }
  }
}

class Consumer extends SlotConsumer<Plain, Slots> {
  readonly #bound: Bound

  constructor(memory: Memory, options: EndOptions, bound: Bound) {
    super(memory, options, bound.slots)
    this.#bound = bound
  }

  tryPop(): Plain | undefined {
    return this.tryPopInto({})
  }

  tryPopInto(target: Plain): Plain | undefined {
    const { names, properties } = this.#bound
    for (;;) {
      if (this.head === this.limit && !this.findItems()) return undefined
      const slot = this.slots[this.index()] as Accessor
      for (let i = 0; i < names.length; i++) {
        target[names[i] as string] = (properties[i] as Property<unknown>).get.call(slot)
      }
      if (this.advance(1)) return target
    }
  }
}
