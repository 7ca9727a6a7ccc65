// What must hold whatever stands in the memory of a queue whose ends work in C++: an error of ours, or a queue that stays
// within its memory. An access outside would end the process. Plain JavaScript: `npm run prove` runs the same.
import native, { futexWaiting, mutex, nativeConsumer, nativeProducer } from '@spsc/queue-native'
import { createQueue } from '@spsc/queue-sab'
import fc from 'fast-check'

const CODES = ['ERR_OPTION', 'ERR_HANDLE', 'ERR_CLAIMED', 'ERR_CLOSED', 'ERR_CAPABILITY', 'ERR_PEER_DIED']

/** What a call gives; `undefined` where it throws one of our errors, in their form. */
function classified(call) {
  try {
    return call()
  } catch (error) {
    // Those of the addon are plain errors with our code and our form.
    if (!CODES.includes(error.code)) throw error
    if (!/^\[spsc\] \[[a-z-]+\] [^\n]+$/.test(error.message)) throw new Error(`message: ${error.message}`)
    return undefined
  }
}

const EDGES = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  63,
  64,
  255,
  256,
  1 << 20,
  1 << 28,
  (1 << 28) + 1,
  1 << 30,
  -1,
  -4,
  -(2 ** 31),
  2 ** 31 - 1,
]
const value = fc.oneof(fc.constantFrom(...EDGES), fc.integer())
const changes = (words) => fc.array(fc.tuple(fc.nat(words - 1), value), { minLength: 1, maxLength: 6 })

/** Calls that must come back. */
function use(producer, consumer) {
  for (let n = 1; n <= 3; n++) classified(() => producer?.tryPush(n))
  classified(() => producer?.push(4, 0))
  for (let n = 0; n <= 5; n++) classified(() => consumer?.tryPop())
  classified(() => consumer?.pop(0))
  for (const end of [producer, consumer]) {
    if (end !== undefined && typeof end.closed !== 'boolean') throw new Error(`closed is ${end.closed}`)
    classified(() => end?.close())
  }
}

function changed(handle, given) {
  const words = new Int32Array(handle)
  for (const [word, to] of given) if (word < words.length) words[word] = to
}

// 384 bytes of header, 6 items, and what the consumer fetches ahead.
const ring = {
  name: 'native ring: every word',
  input: fc.record({ capacity: fc.integer({ min: 1, max: 9 }), given: changes(140) }),
  run({ capacity, given }) {
    const { handle } = native.create({ capacity })
    changed(handle, given)
    const queue = classified(() => native.attach(handle))
    if (queue === undefined) return
    if (queue.capacity < 1 || queue.capacity > 2 ** 28) throw new Error(`capacity ${queue.capacity}`)
    use(
      classified(() => queue.producer()),
      classified(() => queue.consumer()),
    )
  },
}

// A mutex and condition variables of the C library can't be checked: of those only what is read before them is changed.
const IDENTITY_WORDS = 16
const lock = {
  name: 'native mutex queue: what says what it is',
  input: fc.record({ capacity: fc.integer({ min: 1, max: 9 }), given: changes(IDENTITY_WORDS) }),
  run({ capacity, given }) {
    const { handle } = mutex.create({ capacity })
    changed(handle, given)
    const queue = classified(() => mutex.attach(handle))
    if (queue !== undefined) use(queue.producer(), queue.consumer())
  },
}

const lengths = {
  name: 'native queues: every length and any bytes',
  input: fc.record({
    bytes: fc.nat(2048),
    capacity: fc.integer({ min: 1, max: 9 }),
    noise: fc.option(fc.uint8Array({ maxLength: 128 })),
    which: fc.boolean(),
  }),
  run({ bytes, capacity, noise, which }) {
    const backend = which ? native : mutex
    const { handle } = backend.create({ capacity })
    const other = new SharedArrayBuffer(bytes)
    new Uint8Array(other).set(noise?.subarray(0, bytes) ?? new Uint8Array(handle).subarray(0, bytes))
    const queue = classified(() => backend.attach(other))
    if (queue !== undefined) use(queue.producer(), queue.consumer())
  },
}

const between = {
  name: 'ring between the languages: every word',
  input: fc.record({
    capacity: fc.integer({ min: 1, max: 70 }),
    given: fc.array(
      fc.tuple(fc.oneof(fc.nat(12), fc.constantFrom(32, 48, 49, 50, 51, 64, 80, 81), fc.nat(300)), value),
      { minLength: 1, maxLength: 6 },
    ),
    which: fc.boolean(),
  }),
  run({ capacity, given, which }) {
    const { handle } = createQueue({ capacity, waiting: futexWaiting })
    changed(handle, given)
    const end = classified(() => (which ? nativeProducer(handle) : nativeConsumer(handle)))
    if (end !== undefined) use(which ? end : undefined, which ? undefined : end)
  },
}

const plain = fc.anything({ withBigInt: true, withTypedArray: true })
const handles = {
  name: 'native handles from hostile senders',
  input: fc.tuple(plain, plain),
  run([handle, item]) {
    for (const attach of [native.attach, mutex.attach, nativeProducer, nativeConsumer]) {
      if (classified(() => attach(handle)) !== undefined) throw new Error('attached to what is no queue')
    }
    classified(() => native.create({ capacity: item }))
  },
}

export default [ring, lock, lengths, between, handles]
