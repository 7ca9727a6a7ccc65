// What must hold whatever a handle is and whatever stands in it. Each target: `{ name, input, run }`, where `run` throws
// where it does not. Plain JavaScript, as `npm run prove` runs the same for longer.
import {
  attachDuplex,
  attachMutexQueue,
  attachQueue,
  bytes,
  createMutexQueue,
  createQueue,
  QueueError,
} from '@spsc/queue-sab'
import fc from 'fast-check'
import { ITEMS } from '../workers/items.js'

const CODES = [
  'ERR_OPTION',
  'ERR_HANDLE',
  'ERR_CLAIMED',
  'ERR_CLOSED',
  'ERR_PEER_DIED',
  'ERR_PEER_FAILED',
  'ERR_CAPABILITY',
]

/** What a call gives; `undefined` where it throws one of our errors, in their form. */
export function classified(call) {
  try {
    return call()
  } catch (error) {
    // Of the realm of the queue, or of a bundle of it: told by its name, not its class.
    if (!(error instanceof QueueError) || !CODES.includes(error.code)) throw error
    // What a producer has failed of, its own words say.
    const isOurs = error.code === 'ERR_PEER_FAILED' || /^\[spsc\] \[queue-sab\] [^\n]+$/.test(error.message)
    if (!isOurs) throw new Error(`message: ${error.message}`)
    return undefined
  }
}

const WORDS_OF_HEADER = 13
const OWN_WORDS = [32, 33, 34, 35, 36, 37, 38, 39, 48, 49, 50, 51, 52, 53, 64, 80, 81, 96]
/** Values at which comparisons turn. */
const EDGES = [0, 1, 2, 3, 4, 5, 7, 8, 63, 64, 255, 256, 1 << 20, 1 << 28, (1 << 28) + 1, 1 << 29, 1 << 30, 0x43535053]
const value = fc.oneof(fc.constantFrom(...EDGES, ...EDGES.map((edge) => -edge), -(2 ** 31), 2 ** 31 - 1), fc.integer())
const mutation = fc.tuple(fc.oneof(fc.nat(WORDS_OF_HEADER - 1), fc.constantFrom(...OWN_WORDS), fc.nat(300)), value)

const TYPES = [...Object.values(ITEMS).map(({ type }) => type), 'u32', 'f32', 'u64', bytes(1)]
const POLICIES = ['block', 'drop-newest', 'overwrite-oldest']

/** Pops, whatever comes: of garbage the engine's parsers throw their own errors. */
function pops(consumer, most) {
  for (let n = 0; n <= most; n++) {
    try {
      if (consumer.tryPop() === undefined) return
    } catch (error) {
      if (error instanceof QueueError) return
    }
  }
}

const KNOWN = new Map(Object.values(ITEMS).map(({ type, of }) => [type, of]))

/** Makes items of a type out of numbers. */
function of(type) {
  if (KNOWN.has(type)) return KNOWN.get(type)
  if (type === 'u64') return BigInt
  return typeof type === 'string' ? Number : (n) => Uint8Array.of(n)
}

/** Calls that must come back, whatever the words say. */
function use(queue, itemOf) {
  const producer = classified(() => queue.producer())
  const consumer = classified(() => queue.consumer())
  const { size, capacity } = queue
  if (!(size >= 0 && size <= Math.max(capacity, 1 << 30))) throw new Error(`size ${size} of ${capacity}`)
  classified(() => queue.stats?.())
  if (producer !== undefined) {
    for (let n = 1; n <= 3; n++) classified(() => producer.tryPush(itemOf(n)))
    classified(() => producer.push(itemOf(4), 0))
    if (producer.reserve !== undefined) {
      const { start, end, array } = classified(() => producer.reserve(2)) ?? { start: 0, end: 0, array: [] }
      if (start < 0 || end < start || end > array.length)
        throw new Error(`span from ${start} to ${end} of ${array.length}`)
      classified(() => producer.commit(end - start))
    }
    classified(() => producer.stats?.())
  }
  if (consumer !== undefined) {
    pops(consumer, 5)
    if (consumer.peek !== undefined && queue.onFull !== 'overwrite-oldest') {
      const { start, end, array } = classified(() => consumer.peek(2)) ?? { start: 0, end: 0, array: [] }
      if (start < 0 || end < start || end > array.length)
        throw new Error(`span from ${start} to ${end} of ${array.length}`)
      classified(() => consumer.release(end - start))
    }
    if (typeof consumer.ended !== 'boolean') throw new Error(`ended is ${consumer.ended}`)
  }
  classified(() => queue.abandon('producer'))
  classified(() => producer?.close())
  classified(() => consumer?.close())
}

const header = {
  name: 'ring header: every word',
  input: fc.record({
    type: fc.nat(TYPES.length - 1),
    onFull: fc.constantFrom(...POLICIES),
    capacity: fc.integer({ min: 1, max: 70 }),
    mutations: fc.array(mutation, { minLength: 1, maxLength: 6 }),
    named: fc.boolean(),
  }),
  run({ type, onFull, capacity, mutations, named }) {
    const unit = ['frames', 'json', 'clone'].includes(Object.keys(ITEMS)[type]) ? 4 : 1
    const { handle } = createQueue({ capacity: capacity * unit, type: TYPES[type], onFull })
    const words = new Int32Array(handle)
    for (const [word, to] of mutations) if (word < words.length) words[word] = to
    const queue = classified(() => attachQueue(handle, named ? { type: TYPES[type] } : {}))
    if (queue === undefined) return
    if (queue.capacity < 1 || queue.capacity > 2 ** 28) throw new Error(`capacity ${queue.capacity}`)
    use(queue, of(queue.type))
  },
}

// Of the mutex queue no word of the lock: where it says that somebody holds it, who comes next waits, as it must.
const LOCK_WORD = 32
const mutexHeader = {
  name: 'mutex header: every word but the lock',
  input: fc.record({
    capacity: fc.integer({ min: 1, max: 20 }),
    mutations: fc.array(
      mutation.filter(([word]) => word !== LOCK_WORD),
      { minLength: 1, maxLength: 6 },
    ),
  }),
  run({ capacity, mutations }) {
    const { handle } = createMutexQueue({ capacity })
    const words = new Int32Array(handle)
    for (const [word, to] of mutations) if (word < words.length) words[word] = to
    const queue = classified(() => attachMutexQueue(handle))
    if (queue === undefined) return
    const producer = classified(() => queue.producer())
    const consumer = classified(() => queue.consumer())
    for (let n = 1; n <= 3; n++) classified(() => producer?.tryPush(n))
    classified(() => producer?.push(4, 0))
    for (let n = 0; n <= 4; n++) classified(() => consumer?.tryPop())
    classified(() => consumer?.pop(0))
    if (consumer && typeof consumer.ended !== 'boolean') throw new Error(`ended is ${consumer.ended}`)
    for (const end of ['producer', 'consumer']) queue.abandon(end)
  },
}

const length = {
  name: 'ring header: every length of the buffer',
  input: fc.record({
    type: fc.nat(TYPES.length - 1),
    capacity: fc.integer({ min: 1, max: 70 }).map((n) => n * 4),
    bytes: fc.oneof(fc.nat(4096), fc.integer({ min: 1000, max: 1100 })),
    growable: fc.boolean(),
  }),
  run({ type, capacity, bytes, growable }) {
    const { handle } = createQueue({ capacity, type: TYPES[type] })
    const other = growable ? new SharedArrayBuffer(bytes, { maxByteLength: 8192 }) : new SharedArrayBuffer(bytes)
    new Uint8Array(other).set(new Uint8Array(handle).subarray(0, bytes))
    const queue = classified(() => attachQueue(other, { type: TYPES[type] }))
    if ((queue !== undefined) !== (bytes === handle.byteLength))
      throw new Error(`${bytes} of ${handle.byteLength} bytes`)
  },
}

/** Objects that do something when they are looked at. */
const HOSTILE = [
  () => new Proxy({}, { get: thrower, has: thrower, getPrototypeOf: thrower, ownKeys: thrower }),
  () => Object.create(SharedArrayBuffer.prototype),
  () => Object.create(null),
  () => Object.defineProperty({}, 'byteLength', { get: thrower }),
  () => ({ toString: thrower, valueOf: thrower, [Symbol.toStringTag]: 'SharedArrayBuffer' }),
  () => thrower,
  () => class {},
  detached,
  () => new ArrayBuffer(64, { maxByteLength: 128 }),
  () => new SharedArrayBuffer(2048),
  () => new Int32Array(new SharedArrayBuffer(1056)),
]
const hostileObject = fc.nat(HOSTILE.length - 1).map((which) => ({ hostile: which }))
const anything = fc.oneof(
  hostileObject,
  fc.anything({
    withBigInt: true,
    withDate: true,
    withMap: true,
    withSet: true,
    withTypedArray: true,
    withSparseArray: true,
  }),
)

function thrower() {
  throw new Error('looked at')
}

function detached() {
  const buffer = new ArrayBuffer(2048)
  structuredClone(buffer, { transfer: [buffer] })
  return buffer
}

const handles = {
  name: 'handles from hostile senders',
  input: fc.tuple(anything, anything),
  run(given) {
    // Made here, as the generator looks at what it gives.
    const [handle, other] = given.map((value) =>
      Object.hasOwn(Object(value), 'hostile') ? HOSTILE[value.hostile]?.() : value,
    )
    for (const attach of [attachQueue, attachMutexQueue]) {
      if (classified(() => attach(handle)) !== undefined) throw new Error('attached to what is no queue')
    }
    // What comes by postMessage is plain data.
    if (classified(() => attachDuplex({ there: handle, back: other })) !== undefined) throw new Error('no duplex')
  },
}

/** Reading an option may run the caller's code, so options are plain data here. */
const plain = fc.anything({ withBigInt: true, withTypedArray: true, withNullPrototype: true })
const asOptions = (keys) =>
  fc.oneof(
    plain,
    fc.record(
      Object.fromEntries(
        Object.entries(keys).map(([key, right]) => [
          key,
          fc.oneof({ arbitrary: right, weight: 3 }, { arbitrary: plain, weight: 1 }),
        ]),
      ),
      { requiredKeys: [] },
    ),
  )
const options = {
  name: 'options of any kind',
  input: asOptions({
    capacity: fc.oneof(fc.integer({ min: -2, max: 300 }), fc.double(), fc.constantFrom(2 ** 28 + 1, 1e12, Number.NaN)),
    type: fc.oneof(
      fc.constantFrom(...TYPES),
      fc.record({ slotsPerUnit: plain, code: plain, slotBytes: plain, producer: plain }),
    ),
    onFull: fc.constantFrom(...POLICIES),
    publish: fc.constantFrom('each', 'adaptive'),
    spin: fc.oneof(fc.nat(5), fc.double()),
    waiting: fc.constantFrom(undefined),
  }),
  run(given) {
    const queue = classified(() => createQueue(given))
    if (queue !== undefined) {
      classified(() => attachQueue(queue.handle, given))
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      producer.close()
      if (consumer.tryPop() !== undefined || !consumer.ended) throw new Error('not empty')
    }
    classified(() => createMutexQueue(given))
    classified(() => attachQueue(HANDLE, given))
  },
}
const HANDLE = createQueue({ capacity: 1 }).handle

const arguments_ = {
  name: 'arguments of every operation',
  input: fc.record({
    type: fc.nat(TYPES.length - 1),
    onFull: fc.constantFrom(...POLICIES),
    calls: fc.array(
      fc.tuple(
        fc.constantFrom(
          'commit',
          'release',
          'reserve',
          'peek',
          'push',
          'pop',
          'tryPush',
          'awaitRoom',
          'awaitItems',
          'fail',
          'close',
        ),
        fc.oneof(fc.integer({ min: -2, max: 10 }), plain),
        fc.oneof(fc.constant(0), fc.constantFrom(-1, Number.NaN, '5', null, {}, -0)),
      ),
      { maxLength: 8 },
    ),
  }),
  run({ type, onFull, calls }) {
    const queue = createQueue({ capacity: 64, type: TYPES[type], onFull })
    const ends = { producer: queue.producer(), consumer: queue.consumer() }
    for (const [name, argument, timeoutMs] of calls) {
      const end = ['release', 'peek', 'pop', 'awaitItems'].includes(name) ? ends.consumer : ends.producer
      if (end[name] === undefined) continue
      // A wait of no end of time is no fault.
      const timed = ['pop', 'awaitRoom', 'awaitItems'].includes(name)
      const [first, second] = timed ? [timeoutMs] : [argument, timeoutMs]
      const before = queue.stats()
      try {
        end[name](first, second)
      } catch (error) {
        // Conversions of an item throw what a typed array, JSON.stringify or v8.serialize throws: then nothing has happened.
        if (error instanceof QueueError) continue
        if (name !== 'push' && name !== 'tryPush') throw error
        if (JSON.stringify(queue.stats()) !== JSON.stringify(before))
          throw new Error(`${name} threw halfway`, { cause: error })
      }
    }
    ends.producer.close()
    pops(ends.consumer, 100)
  },
}

export default [header, mutexHeader, length, handles, options, arguments_]
