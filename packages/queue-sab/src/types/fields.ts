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

/** Texts that a field remembers, a power of two: names that come again and again are not made anew each time. */
const REMEMBERED = 64

/** ASCII characters, the rest of the field 0. NUL would end the text. */
function text(length: number): Field {
  return {
    bytes: length,
    alignment: 1,
    property(view, offset) {
      const remembered = new Array<string>(REMEMBERED).fill('')
      const isAt = (value: string, at: number, end: number) => {
        if (value.length !== end - at) return false
        for (let i = 0; i < value.length; i++) if (view.getUint8(at + i) !== value.charCodeAt(i)) return false
        return true
      }
      return {
        get() {
          const at = this[AT] + offset
          let end = at
          let sum = 0
          for (let code = view.getUint8(at); code !== 0; code = end < at + length ? view.getUint8(end) : 0) {
            sum = (sum * 31 + code) | 0
            end++
          }
          const place = (sum ^ (sum >>> 8)) & (REMEMBERED - 1)
          if (!isAt(remembered[place] as string, at, end)) {
            let value = ''
            for (let i = at; i < end; i++) value += String.fromCharCode(view.getUint8(i))
            remembered[place] = value
          }
          return remembered[place] as never
        },
        set(value: string) {
          const at = this[AT] + offset
          let ok = typeof value === 'string' && value.length <= length
          for (let i = 0; ok && i < length; i++) {
            const code = i < value.length ? value.charCodeAt(i) : 0
            ok = i < value.length ? code > 0 && code < 0x80 : true
            view.setUint8(at + i, code)
          }
          if (ok) return
          const found = typeof value === 'string' ? JSON.stringify(value) : `of type ${typeof value}`
          throw new QueueError('ERR_OPTION', `text is ${found}; allowed: up to ${length} ASCII characters`)
        },
      }
    },
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
