import { ELEMENTS, type ElementType, type ItemOf } from './elements.js'
import { QueueError } from './errors.js'

/*
 * byte 0       4        8      12     16           20         24         28         32       128    256    384
 *      +-------+--------+------+------+------------+----------+----------+----------+--------+------+------+-------
 *      | magic | layout | kind | type | slot bytes | capacity | producer | consumer | unused | the kind's  | slots
 *      |       |        |      |      |            |          | claim    | claim    |        | words       |
 *      +-------+--------+------+------+------------+----------+----------+----------+--------+------+------+-------
 *      |<----------------- written once, by create ---------->|
 *
 * All words are 32 bits wide, in the machine's byte order. LAYOUT.md says the same for other languages.
 */
const MAGIC = 0x43535053 // 'SPSC' in memory on little-endian machines; a handle from the other order is refused
const LAYOUT = 1
const KIND = { ring: 1, mutex: 2 } as const
/** What create writes once, before the claims. */
const FIXED_BYTES = 24
const PRODUCER_CLAIM = 6
const CONSUMER_CLAIM = 7
/** 128 bytes after the last word: adjacent-line prefetch moves 64-byte lines in pairs. */
const SLOTS_AT = 384

/** Counts are modulo 2^30 and must tell more than capacity + 2 states apart; slots of 8 bytes stay within 2 GiB. */
export const MAX_CAPACITY = 2 ** 28

/** Two disciplines over the same memory: lock-free words, or a lock with two condition variables. */
export type Kind = keyof typeof KIND

/** A queue's shared memory, checked. */
export interface Memory<Item> {
  readonly handle: SharedArrayBuffer
  readonly type: ElementType
  /** 1 to {@link MAX_CAPACITY}. */
  readonly capacity: number
  /** Header, claims and the words of the kind: everything before the slots. */
  readonly words: Int32Array
  /** A power of two of them, so `index & (slots.length - 1)` stays inside whatever the index. */
  readonly slots: { readonly length: number; [index: number]: Item }
}

function slotCount(capacity: number): number {
  return 1 << (32 - Math.clz32(capacity - 1))
}

function isCapacity(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_CAPACITY
}

function byteLength(type: ElementType, capacity: number): number {
  return SLOTS_AT + slotCount(capacity) * ELEMENTS[type].View.BYTES_PER_ELEMENT
}

function view<Type extends ElementType>(handle: SharedArrayBuffer, type: Type, capacity: number): Memory<ItemOf<Type>> {
  const View = ELEMENTS[type].View as new (
    buffer: SharedArrayBuffer,
    at: number,
    length: number,
  ) => Memory<ItemOf<Type>>['slots']
  return {
    handle,
    type,
    capacity,
    words: new Int32Array(handle, 0, SLOTS_AT / 4),
    slots: new View(handle, SLOTS_AT, slotCount(capacity)),
  }
}

/**
 * Allocates an empty queue.
 *
 * @throws `ERR_OPTION`; a plain RangeError where the machine has not that much memory
 */
export function allocate<Type extends ElementType>(kind: Kind, type: Type, capacity: number): Memory<ItemOf<Type>> {
  // Checked here because SharedArrayBuffer takes 1.5, NaN and "8" without a word.
  if (!isCapacity(capacity)) {
    throw new QueueError('ERR_OPTION', `capacity is ${String(capacity)}; allowed: an integer from 1 to ${MAX_CAPACITY}`)
  }
  if (!Object.hasOwn(ELEMENTS, type)) {
    throw new QueueError('ERR_OPTION', `type is ${String(type)}; allowed: ${Object.keys(ELEMENTS).join(', ')}`)
  }
  const memory = view(new SharedArrayBuffer(byteLength(type, capacity)), type, capacity)
  const { code, View } = ELEMENTS[type]
  memory.words.set([MAGIC, LAYOUT, KIND[kind], code, View.BYTES_PER_ELEMENT, capacity])
  return memory
}

function check(what: string, found: unknown, allowed: unknown, ok = found === allowed): void {
  if (ok) return
  const message = `${what} is ${found}; allowed: ${allowed}; pass the handle of a queue of this kind, unchanged`
  throw new QueueError('ERR_HANDLE', message)
}

/**
 * The queue that `handle` holds. The header is copied, then checked in full: nothing that may change later is trusted.
 *
 * @throws `ERR_HANDLE`
 */
export function attach(kind: Kind, handle: unknown): Memory<ItemOf<ElementType>> {
  if (!(handle instanceof SharedArrayBuffer)) {
    throw new QueueError('ERR_HANDLE', 'the handle is no SharedArrayBuffer; pass the `handle` of a queue')
  }
  check('byte length', handle.byteLength, `at least ${SLOTS_AT}`, handle.byteLength >= SLOTS_AT)
  const [magic, layout, kindCode, typeCode, slotBytes, capacity] = new Int32Array(handle.slice(0, FIXED_BYTES))
  check('magic', magic, MAGIC)
  check('layout version', layout, LAYOUT)
  check('kind', kindCode, KIND[kind])
  const types = Object.keys(ELEMENTS) as ElementType[]
  const type = types.find((name) => ELEMENTS[name].code === typeCode) as ElementType
  check(
    'element type',
    typeCode,
    types.map((name) => `${ELEMENTS[name].code} (${name})`).join(', '),
    type !== undefined,
  )
  check('slot bytes', slotBytes, ELEMENTS[type].View.BYTES_PER_ELEMENT)
  check('capacity', capacity, `1 to ${MAX_CAPACITY}`, isCapacity(capacity))
  check('byte length', handle.byteLength, byteLength(type, capacity as number))
  return view(handle, type, capacity as number)
}

/**
 * Takes an end of the queue for the caller, for good: compareExchange lets one of all threads win.
 *
 * @throws `ERR_CLAIMED`
 */
export function claim({ words }: Memory<unknown>, end: 'producer' | 'consumer'): void {
  const word = end === 'producer' ? PRODUCER_CLAIM : CONSUMER_CLAIM
  if (Atomics.compareExchange(words, word, 0, 1) === 0) return
  throw new QueueError('ERR_CLAIMED', `the ${end} is taken; allowed: one ${end} per queue; create another queue`)
}
