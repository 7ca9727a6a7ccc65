import { LoomError } from './errors.js'

/** A typed array over shared memory. */
export type View =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array

/** What a thread wants done next: what the transformed code yields. */
export interface Operation {
  /** The name of an Atomics function, or `get` `set` `new` `pause` `idle` `await` `delayed`. */
  readonly kind: string
  /** Number of the site. */
  readonly site: number
  readonly view: View
  readonly index: number
  /** What to write, add or compare with; the count of a notify. */
  readonly value: unknown
  /** What a compareExchange writes; the timeout of a wait. */
  readonly extra: unknown
}

export type Steps<Result = unknown> = Generator<Operation, Result, unknown>

/** What every generator object inherits from. */
export const GeneratorObject = Object.getPrototypeOf(function* () {}).prototype as object

export const NOWHERE = new Int32Array(0)

export function operation(
  kind: string,
  site: number,
  view: View = NOWHERE,
  index = 0,
  value?: unknown,
  extra?: unknown,
): Operation {
  return { kind, site, view, index, value, extra }
}

export function isSteps(value: unknown): value is Steps {
  return typeof value === 'object' && value !== null && Object.prototype.isPrototypeOf.call(GeneratorObject, value)
}

/** Runs what a call gave to its end, where that is a generator. */
export function* perform(result: unknown): Steps {
  return isSteps(result) ? yield* result : result
}

const WRITES = new Set(['set', 'store', 'add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange'])
export const ATOMIC = new Set([
  'load',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'exchange',
  'compareExchange',
  'wait',
  'waitAsync',
  'notify',
])

export function writes({ kind }: Operation): boolean {
  return WRITES.has(kind)
}

/** Does it to the memory, as if nobody else were there; waits and notifies are the scheduler's. */
export function access({ kind, view, index, value, extra }: Operation): unknown {
  switch (kind) {
    case 'get':
      return view[index]
    case 'set':
      view[index] = value as never
      return value
    case 'load':
      return Atomics.load(view as Int32Array, index)
    case 'store':
      return Atomics.store(view as Int32Array, index, value as number)
    case 'add':
      return Atomics.add(view as Int32Array, index, value as number)
    case 'sub':
      return Atomics.sub(view as Int32Array, index, value as number)
    case 'and':
      return Atomics.and(view as Int32Array, index, value as number)
    case 'or':
      return Atomics.or(view as Int32Array, index, value as number)
    case 'xor':
      return Atomics.xor(view as Int32Array, index, value as number)
    case 'exchange':
      return Atomics.exchange(view as Int32Array, index, value as number)
    case 'compareExchange':
      return Atomics.compareExchange(view as Int32Array, index, value as number, extra as number)
    default:
      throw new LoomError(
        'ERR_UNSUPPORTED',
        `the code runs ${kind} where no other thread can move; allowed: in what a thread runs, but for constructors`,
      )
  }
}
