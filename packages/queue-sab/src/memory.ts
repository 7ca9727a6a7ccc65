import { optionError, QueueError, show } from './errors.js'
import { atomicsWaiting, type Waiting } from './waiting.js'

/*
 * byte 0       4        8      12     16           20         24         28         32        36        40
 *      +-------+--------+------+------+------------+----------+----------+----------+---------+---------+--------+
 *      | magic | layout | kind | type | slot bytes | capacity | producer | consumer | way of  | policy  | schema |
 *      |       |        |      |      |            |          | claim    | claim    | waiting | on full |        |
 *      +-------+--------+------+------+------------+----------+----------+----------+---------+---------+--------+
 *      |<---------- fixed by create ------------------------->|                     |<-- fixed by create -------->|
 *
 * byte 44               48               128    256    384                   1024
 *      +----------------+----------------+------+------+---------------------+-------
 *      | producer state | consumer state | the kind's  | why the producer    | slots
 *      |                |                | words       | failed, as text     |
 *      +----------------+----------------+------+------+---------------------+-------
 *
 * All words are 32 bits wide, in the machine's byte order. LAYOUT.md says the same for other languages.
 */
const MAGIC = 0x43535053 // 'SPSC' in memory on little-endian machines; a handle from the other order is refused
const LAYOUT = 2
const KIND = { ring: 1, mutex: 2 } as const
const CLAIM = { producer: 6, consumer: 7 } as const
const WAITING_CODE = 8
const POLICY = 9
const SCHEMA = 10
const STATE = { producer: 11, consumer: 12 } as const
const FIXED_WORDS = 11
const FAILURE_AT = 384
const SLOTS_AT = 1024

/** Counts are modulo 2^30 and must tell more than capacity + 2 states apart; slots of 8 bytes stay within 2 GiB. */
const MAX_CAPACITY = 2 ** 28

/** Whether this machine's memory is little-endian. */
export const LITTLE = /* @__PURE__ */ new Uint8Array(/* @__PURE__ */ Uint16Array.of(1).buffer)[0] === 1

/** What happens to an item that finds the queue full. */
export const POLICIES = ['block', 'drop-newest', 'overwrite-oldest'] as const
export type OnFull = (typeof POLICIES)[number]

/** Two implementations over the same memory: lock-free words, or a lock with two condition variables. */
export type Kind = keyof typeof KIND
export type End = keyof typeof CLAIM

/** How an end came to be over, in its word STATE; closed or still at work: 0. */
export const FAILED = 1
export const DIED = 2

/** How the items of a type lie in memory. */
export interface SlotLayout {
  readonly name: string
  /** Stands in the header. */
  readonly code: number
  readonly slotBytes: number
  /** Tells layouts of the same code and slot size apart, such as records of other fields; 0 where there is nothing to tell. */
  readonly schema: number
  /** Slots per unit of capacity: 1 where that counts items, 1/4 where it counts bytes and a slot has four. */
  readonly slotsPerUnit: number
}

/** A queue's shared memory, checked. */
export interface Memory {
  readonly handle: SharedArrayBuffer
  /** 1 to {@link MAX_CAPACITY}. */
  readonly capacity: number
  readonly onFull: OnFull
  readonly waiting: Waiting
  /** Slots in use: the capacity, where that counts items. */
  readonly size: number
  readonly slotsPerUnit: number
  /** Header, claims and the words of the kind: everything before the slots. */
  readonly words: Int32Array
}

function isCapacity(value: unknown, { slotsPerUnit }: SlotLayout): value is number {
  const unit = 1 / slotsPerUnit
  return (
    Number.isInteger(value) &&
    (value as number) >= unit &&
    (value as number) <= MAX_CAPACITY &&
    (value as number) % unit === 0
  )
}

function capacities({ slotsPerUnit }: SlotLayout): string {
  if (slotsPerUnit === 1) return `an integer from 1 to ${MAX_CAPACITY}`
  return `bytes, a multiple of ${1 / slotsPerUnit} from ${1 / slotsPerUnit} to ${MAX_CAPACITY}`
}

/** The smallest power of two that is not less, so that `index & (slots - 1)` stays inside whatever the index. */
function slotsFor(size: number): number {
  return 1 << (32 - Math.clz32(size - 1))
}

function byteLength(layout: SlotLayout, capacity: number): number {
  return SLOTS_AT + slotsFor(capacity * layout.slotsPerUnit) * layout.slotBytes
}

function memoryOf(
  handle: SharedArrayBuffer,
  layout: SlotLayout,
  capacity: number,
  onFull: OnFull,
  waiting: Waiting,
): Memory {
  const words = new Int32Array(handle, 0, SLOTS_AT / 4)
  const { slotsPerUnit } = layout
  return { handle, capacity, onFull, waiting, size: capacity * slotsPerUnit, slotsPerUnit, words }
}

/** All the slots of `memory`, through a typed array. */
export function slotsOf<View>({ handle }: Memory, View: new (buffer: SharedArrayBuffer, at: number) => View): View {
  return new View(handle, SLOTS_AT)
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

export interface MemoryOptions {
  readonly capacity: number
  readonly onFull?: OnFull | undefined
  readonly waiting?: Waiting | undefined
}

/**
 * Allocates an empty queue.
 *
 * @throws `ERR_OPTION` · `ERR_CAPABILITY` where there is no SharedArrayBuffer or not that much memory
 */
export function allocate(kind: Kind, layout: SlotLayout, options: MemoryOptions): Memory {
  const { capacity, onFull = 'block', waiting = atomicsWaiting } = options
  // Checked here because SharedArrayBuffer takes 1.5, NaN and "8" without a word.
  if (!isCapacity(capacity, layout)) throw optionError('capacity', capacity, capacities(layout))
  if (!POLICIES.includes(onFull)) throw optionError('onFull', onFull, POLICIES.join(', '))
  const memory = memoryOf(share(byteLength(layout, capacity)), layout, capacity, onFull, waiting)
  memory.words.set([MAGIC, LAYOUT, KIND[kind], layout.code, layout.slotBytes, capacity])
  memory.words.set([waiting.code, POLICIES.indexOf(onFull), layout.schema], WAITING_CODE)
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
 * The queue that `handle` holds, of one of the `layouts`. The header is copied, then checked in full: nothing that may
 * change later is trusted.
 *
 * @throws `ERR_HANDLE`
 */
export function attach<Layout extends SlotLayout>(
  kind: Kind,
  layouts: readonly Layout[],
  handle: unknown,
  waiting: Waiting = atomicsWaiting,
): { memory: Memory; layout: Layout } {
  const bytes = sharedLength(handle)
  if (bytes === undefined) {
    const message = `handle is ${show(handle)}; allowed: a SharedArrayBuffer; pass the \`handle\` of a queue`
    throw new QueueError('ERR_HANDLE', message)
  }
  const buffer = handle as SharedArrayBuffer
  check('byte length', bytes, `at least ${SLOTS_AT}`, bytes >= SLOTS_AT)
  const fixed = new Int32Array(buffer, 0, FIXED_WORDS).slice()
  const [magic, version, kindCode, typeCode, slotBytes, capacity] = fixed
  check('magic', hex(magic as number), hex(MAGIC))
  check('layout version', version, LAYOUT)
  check('kind', kindCode, KIND[kind])
  const layout = layouts.find(({ code }) => code === typeCode) as Layout
  const names = layouts.map(({ name, code }) => `${code} (${name})`).join(', ')
  check('item type', typeCode, `${names}; other types: by the option \`type\``, layout !== undefined)
  check('slot bytes', slotBytes, layout.slotBytes)
  check('schema', hex(fixed[SCHEMA] as number), hex(layout.schema))
  check('capacity', capacity, capacities(layout), isCapacity(capacity, layout))
  check('byte length', bytes, byteLength(layout, capacity as number))
  check(
    'way of waiting',
    fixed[WAITING_CODE],
    `${waiting.code} (${waiting.name})`,
    fixed[WAITING_CODE] === waiting.code,
  )
  const onFull = POLICIES[fixed[POLICY] as number] as OnFull
  check('policy on full', fixed[POLICY], `0 to ${POLICIES.length - 1}`, onFull !== undefined)
  return { memory: memoryOf(buffer, layout, capacity as number, onFull, waiting), layout }
}

/**
 * Takes an end of the queue for the caller, for good: compareExchange lets one of all threads win.
 *
 * @throws `ERR_CLAIMED`
 */
export function claim({ words }: Memory, end: End): void {
  if (Atomics.compareExchange(words, CLAIM[end], 0, 1) === 0) return
  throw new QueueError('ERR_CLAIMED', `the ${end} is taken; allowed: one ${end} per queue; create another queue`)
}

export function isClaimed({ words }: Memory, end: End): boolean {
  return Atomics.load(words, CLAIM[end]) !== 0
}

/** Says how an end came to be over; before its flag CLOSED, so that whoever sees the flag sees this. */
export function setState(words: Int32Array, end: End, state: number): void {
  Atomics.store(words, STATE[end], state)
}

/** The text of a failure: its length, then UTF-16. A worklet has no TextEncoder. */
function failureText(words: Int32Array): Uint16Array {
  return new Uint16Array(words.buffer, FAILURE_AT, (SLOTS_AT - FAILURE_AT) / 2)
}

export function writeFailure(words: Int32Array, message: string): void {
  const text = failureText(words)
  const length = Math.min(message.length, text.length - 1)
  for (let i = 0; i < length; i++) text[i + 1] = message.charCodeAt(i)
  text[0] = length
}

/** Why the stream is over, for the peer of `end`, which has seen its flag CLOSED; `undefined`: it was closed. */
export function endedBy(words: Int32Array, end: End): QueueError | undefined {
  const state = Atomics.load(words, STATE[end])
  if (state === DIED) {
    const message = `the thread of the ${end} is gone; allowed: close() first; what it had published was delivered`
    return new QueueError('ERR_PEER_DIED', message)
  }
  if (state !== FAILED) return undefined
  const text = failureText(words)
  return new QueueError('ERR_PEER_FAILED', String.fromCharCode(...text.subarray(1, 1 + (text[0] as number))))
}
