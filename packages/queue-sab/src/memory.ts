import { ELEMENTS, type ElementType, type ItemOf } from './elements.js'
import { optionError, QueueError, show } from './errors.js'
import type { QueueOptions } from './queue.js'
import { atomicsWaiting, type Waiting } from './waiting.js'

/*
 * byte 0       4        8      12     16           20         24         28         32       128    256    384
 *      +-------+--------+------+------+------------+----------+----------+----------+--------+------+------+-------
 *      | magic | layout | kind | type | slot bytes | capacity | producer | consumer | wait,  | the kind's  | slots
 *      |       |        |      |      |            |          | claim    | claim    | unused | words       |
 *      +-------+--------+------+------+------------+----------+----------+----------+--------+------+------+-------
 *      |<----------------- written once, by create ---------->|
 *
 * All words are 32 bits wide, in the machine's byte order. LAYOUT.md says the same for other languages.
 */
const MAGIC = 0x43535053 // 'SPSC' in memory on little-endian machines; a handle from the other order is refused
const LAYOUT = 1
const KIND = { ring: 1, mutex: 2 } as const
const PRODUCER_CLAIM = 6
const CONSUMER_CLAIM = 7
const WAITING_CODE = 8
/** 128 bytes after the last word: adjacent-line prefetch moves 64-byte lines in pairs. */
const SLOTS_AT = 384

/** Counts are modulo 2^30 and must tell more than capacity + 2 states apart; slots of 8 bytes stay within 2 GiB. */
const MAX_CAPACITY = 2 ** 28
const CAPACITIES = `an integer from 1 to ${MAX_CAPACITY}`

/** Two implementations over the same memory: lock-free words, or a lock with two condition variables. */
export type Kind = keyof typeof KIND

/** A queue's shared memory, checked. */
export interface Memory<Item> {
  readonly handle: SharedArrayBuffer
  readonly type: ElementType
  /** 1 to {@link MAX_CAPACITY}. */
  readonly capacity: number
  readonly waiting: Waiting
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

function view<Type extends ElementType>(
  handle: SharedArrayBuffer,
  type: Type,
  capacity: number,
  waiting: Waiting,
): Memory<ItemOf<Type>> {
  const View = ELEMENTS[type].View as new (
    buffer: SharedArrayBuffer,
    at: number,
    length: number,
  ) => Memory<ItemOf<Type>>['slots']
  return {
    handle,
    type,
    capacity,
    waiting,
    words: new Int32Array(handle, 0, SLOTS_AT / 4),
    slots: new View(handle, SLOTS_AT, slotCount(capacity)),
  }
}

/** @throws `ERR_CAPABILITY` */
function share(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes)
  } catch (cause) {
    // A page that is not cross-origin isolated has no such global.
    const message =
      typeof SharedArrayBuffer === 'undefined'
        ? 'there is no SharedArrayBuffer; allowed: Node.js, cross-origin isolated pages; send the COOP and COEP headers'
        : `${bytes} bytes are not to be had; allowed: what the machine has; ask for less capacity`
    throw new QueueError('ERR_CAPABILITY', message, { cause })
  }
}

/**
 * Allocates an empty queue.
 *
 * @throws `ERR_OPTION` · `ERR_CAPABILITY` where there is no SharedArrayBuffer or not that much memory
 */
export function allocate<Type extends ElementType>(
  kind: Kind,
  options: QueueOptions<Type>,
  waiting: Waiting = atomicsWaiting,
): Memory<ItemOf<Type>> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, '{ capacity, type }')
  const { capacity, type = 'i32' as Type } = options
  // Checked here because SharedArrayBuffer takes 1.5, NaN and "8" without a word.
  if (!isCapacity(capacity)) throw optionError('capacity', capacity, CAPACITIES)
  // An array of one name would pass for the name where a property is looked up.
  if (typeof type !== 'string' || !Object.hasOwn(ELEMENTS, type)) {
    throw optionError('type', type, Object.keys(ELEMENTS).join(', '))
  }
  const memory = view(share(byteLength(type, capacity)), type, capacity, waiting)
  const { code, View } = ELEMENTS[type]
  memory.words.set([MAGIC, LAYOUT, KIND[kind], code, View.BYTES_PER_ELEMENT, capacity])
  memory.words[WAITING_CODE] = waiting.code
  return memory
}

function check(what: string, found: unknown, allowed: unknown, ok = found === allowed): void {
  if (ok) return
  const message = `${what} is ${found}; allowed: ${allowed}; pass the handle of a queue of this kind, unchanged`
  throw new QueueError('ERR_HANDLE', message)
}

function hex(word: number): string {
  return `0x${(word >>> 0).toString(16)}`
}

/**
 * The handle's true length; `undefined` where it is no SharedArrayBuffer. Unlike instanceof, the getter recognises one
 * of another realm, and is not taken in by an object that only inherits from SharedArrayBuffer.prototype.
 */
function sharedLength(handle: unknown): number | undefined {
  try {
    return Reflect.get(SharedArrayBuffer.prototype, 'byteLength', handle)
  } catch {
    return undefined
  }
}

/**
 * The queue that `handle` holds. The header is copied, then checked in full: nothing that may change later is trusted.
 *
 * @throws `ERR_HANDLE`
 */
export function attach(kind: Kind, handle: unknown, waiting: Waiting = atomicsWaiting): Memory<ItemOf<ElementType>> {
  const bytes = sharedLength(handle)
  if (bytes === undefined) {
    const message = `handle is ${show(handle)}; allowed: a SharedArrayBuffer; pass the \`handle\` of a queue`
    throw new QueueError('ERR_HANDLE', message)
  }
  const buffer = handle as SharedArrayBuffer
  check('byte length', bytes, `at least ${SLOTS_AT}`, bytes >= SLOTS_AT)
  const fixed = new Int32Array(buffer, 0, WAITING_CODE + 1).slice()
  const [magic, layout, kindCode, typeCode, slotBytes, capacity] = fixed
  check('magic', hex(magic as number), hex(MAGIC))
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
  check('capacity', capacity, CAPACITIES, isCapacity(capacity))
  check('byte length', bytes, byteLength(type, capacity as number))
  check(
    'way of waiting',
    fixed[WAITING_CODE],
    `${waiting.code} (${waiting.name})`,
    fixed[WAITING_CODE] === waiting.code,
  )
  return view(buffer, type, capacity as number, waiting)
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
