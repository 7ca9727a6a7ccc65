import { optionError, QueueError } from '../errors.js'
import { LITTLE } from '../memory.js'

/** Text of at most so many ASCII characters: `ascii8` holds eight. */
export type TextField = `ascii${number}`
export type FieldType = 'i8' | 'u8' | 'i16' | 'u16' | 'i32' | 'u32' | 'f32' | 'f64' | 'i64' | 'u64' | 'bool' | TextField

/** What a field of a record is in JavaScript. */
export type ValueOf<Type extends FieldType> = Type extends 'i64' | 'u64'
  ? bigint
  : Type extends TextField
    ? string
    : Type extends 'bool'
      ? boolean
      : number

/** Where the slot of an accessor begins. A symbol, as a field may have any name. */
export const AT = Symbol('byte offset')
export interface Accessor {
  readonly [AT]: number
}

export interface Property<Value> {
  get(this: Accessor): Value
  set(this: Accessor, value: Value): void
}

export interface Field {
  readonly bytes: number
  /** Offsets are multiples of it, so that no number lies across two cache lines. */
  readonly alignment: number
  /** Reads and writes the field `offset` bytes into an accessor's slot. */
  property(view: DataView, offset: number): Property<never>
}

// One literal each, in place of one with a parameter: an engine optimises a function by what passed through its source.
const NUMBERS: Record<string, Field> = {
  i8: number(1, (view, at) => ({
    get() {
      return view.getInt8(this[AT] + at)
    },
    set(value) {
      view.setInt8(this[AT] + at, value)
    },
  })),
  u8: number(1, (view, at) => ({
    get() {
      return view.getUint8(this[AT] + at)
    },
    set(value) {
      view.setUint8(this[AT] + at, value)
    },
  })),
  i16: number(2, (view, at) => ({
    get() {
      return view.getInt16(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setInt16(this[AT] + at, value, LITTLE)
    },
  })),
  u16: number(2, (view, at) => ({
    get() {
      return view.getUint16(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setUint16(this[AT] + at, value, LITTLE)
    },
  })),
  i32: number(4, (view, at) => ({
    get() {
      return view.getInt32(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setInt32(this[AT] + at, value, LITTLE)
    },
  })),
  u32: number(4, (view, at) => ({
    get() {
      return view.getUint32(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setUint32(this[AT] + at, value, LITTLE)
    },
  })),
  f32: number(4, (view, at) => ({
    get() {
      return view.getFloat32(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setFloat32(this[AT] + at, value, LITTLE)
    },
  })),
  f64: number(8, (view, at) => ({
    get() {
      return view.getFloat64(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setFloat64(this[AT] + at, value, LITTLE)
    },
  })),
  i64: number<bigint>(8, (view, at) => ({
    get() {
      return view.getBigInt64(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setBigInt64(this[AT] + at, value, LITTLE)
    },
  })),
  u64: number<bigint>(8, (view, at) => ({
    get() {
      return view.getBigUint64(this[AT] + at, LITTLE)
    },
    set(value) {
      view.setBigUint64(this[AT] + at, value, LITTLE)
    },
  })),
  bool: number<boolean>(1, (view, at) => ({
    get() {
      return view.getUint8(this[AT] + at) !== 0
    },
    set(value) {
      view.setUint8(this[AT] + at, value ? 1 : 0)
    },
  })),
}

function number<Value = number>(bytes: number, property: (view: DataView, at: number) => Property<Value>): Field {
  return { bytes, alignment: bytes, property: property as Field['property'] }
}

const MAX_TEXT = 255

/** NUL would end the text. */
function isAscii(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const code = value.charCodeAt(i)
    if (code === 0 || code > 0x7f) return false
  }
  return true
}

/** ASCII characters, the rest of the field 0. */
function text(length: number): Field {
  return {
    bytes: length,
    alignment: 1,
    property: (view, offset) => ({
      get() {
        let value = ''
        for (let at = this[AT] + offset, end = at + length; at < end; at++) {
          const code = view.getUint8(at)
          if (code === 0) break
          value += String.fromCharCode(code)
        }
        return value as never
      },
      set(value: string) {
        if (typeof value !== 'string' || value.length > length || !isAscii(value)) {
          const found = typeof value === 'string' ? JSON.stringify(value) : `of type ${typeof value}`
          throw new QueueError('ERR_OPTION', `text is ${found}; allowed: up to ${length} ASCII characters`)
        }
        const at = this[AT] + offset
        for (let i = 0; i < length; i++) view.setUint8(at + i, i < value.length ? value.charCodeAt(i) : 0)
      },
    }),
  }
}

/** @throws `ERR_OPTION` */
export function fieldOf(name: string, type: unknown): Field {
  if (typeof type === 'string') {
    if (Object.hasOwn(NUMBERS, type)) return NUMBERS[type] as Field
    const length = Number(/^ascii([1-9]\d{0,2})$/.exec(type)?.[1] ?? 0)
    if (length > 0 && length <= MAX_TEXT) return text(length)
  }
  const allowed = `${Object.keys(NUMBERS).join(', ')}, ascii1 to ascii${MAX_TEXT}`
  throw optionError(`the type of field ${JSON.stringify(name)}`, type, allowed)
}
