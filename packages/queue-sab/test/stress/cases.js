import { attachMutexQueue, attachQueue, createMutexQueue, createQueue } from '@spsc/queue-sab'
import { ITEMS } from '../workers/items.js'

// A stream of numbered items between two threads: how it goes in, how it comes out, and what must hold of it. The numbers
// are 0, 1, 2 …; each end makes a sum of them that depends on their order.

/** Numbers as items of each type: those of a number are spread over its bits, so that a torn one tells. */
const NUMBERED = {
  i32: { of: (n) => Math.imul(n, 0x9e3779b1), summand: (item) => item, capacity: (items) => items },
  // Exact up to 2^30 items: 52 bits.
  f64: { of: (n) => n * (1 + 2 ** -22), summand: (item) => Math.trunc(item) | 0, capacity: (items) => items },
}

/** All lengths from 1 to 50. */
const batchOf = (n) => 1 + (n % 50)

const never = new Int32Array(new SharedArrayBuffer(4))
const rest = () => Atomics.wait(never, 0, 0, 0.02)

/** How a producer puts `count` items in, each of which is made once and in order. */
const PUSHES = {
  tryPush(producer, count, of) {
    for (let n = 0; n < count; n++) for (const item = of(n); !producer.tryPush(item); );
  },
  push(producer, count, of) {
    for (let n = 0; n < count; n++) producer.push(of(n))
  },
  /** Sleeps only where the ring is full. */
  tryThenPush(producer, count, of) {
    for (let n = 0; n < count; n++) {
      const item = of(n)
      if (!producer.tryPush(item)) producer.push(item)
    }
  },
  pushMany(producer, count, of, View) {
    const batch = new View(50)
    for (let n = 0; n < count; ) {
      const length = Math.min(batchOf(n), count - n)
      for (let i = 0; i < length; i++) batch[i] = of(n++)
      for (let i = 0; i < length; ) {
        producer.awaitRoom()
        i += producer.pushMany(batch.subarray(i, length))
      }
    }
  },
  reserve(producer, count, of) {
    for (let n = 0; n < count; ) {
      producer.awaitRoom()
      const { array, start, end } = producer.reserve(Math.min(batchOf(n), count - n))
      for (let at = start; at < end; at++) array[at] = of(n++)
      producer.commit(end - start)
    }
  },
  async pushAsync(producer, count, of) {
    for (let n = 0; n < count; n++) await producer.pushAsync(of(n))
  },
  /**
   * Once each, whether there is room or not, for the policies that lose items: bursts that the ring holds and others that
   * it does not, with a rest after each.
   */
  flood(producer, count, of) {
    for (let n = 0; n < count; ) {
      const burst = Math.min(n + 1 + ((n * 7) % (2 * producer.capacity)), count)
      while (n < burst) producer.tryPush(of(n++))
      producer.flush()
      while (producer.size > producer.capacity / 2) rest()
    }
  },
}

/** How a consumer takes items until the stream ends; `use` is given each. */
const POPS = {
  tryPop(consumer, use) {
    for (;;) {
      const item = consumer.tryPop()
      if (item !== undefined) use(item)
      else if (consumer.ended) return
    }
  },
  pop(consumer, use) {
    for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) use(item)
  },
  tryThenPop(consumer, use) {
    for (;;) {
      const item = consumer.tryPop() ?? consumer.pop()
      if (item === undefined) return
      use(item)
    }
  },
  popMany(consumer, use, View) {
    const batch = new View(40)
    while (consumer.awaitItems()) {
      const count = consumer.popMany(batch)
      for (let i = 0; i < count; i++) use(batch[i])
    }
  },
  peek(consumer, use) {
    while (consumer.awaitItems()) {
      const { array, start, end } = consumer.peek(64)
      for (let at = start; at < end; at++) use(array[at])
      consumer.release(end - start)
    }
  },
  drain(consumer, use) {
    for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) {
      use(item)
      consumer.drain(use)
    }
  },
  /** Every pop may time out. */
  popInTime(consumer, use) {
    while (!consumer.ended) {
      const item = consumer.pop(0.05)
      if (item !== undefined) use(item)
    }
  },
  async popAsync(consumer, use) {
    for await (const item of consumer) use(item)
  },
}

const EACH = { publish: 'each' }
const NO_SPIN = { spin: 0 }

/**
 * `parts`: its share of all items. Where threads take turns item by item, each costs a switch of them. With `--long` of
 * `npm run prove -- stress` more than 2^30 go through the first, so that its counts go round.
 */
export const CASES = [
  { push: 'reserve', pop: 'peek', capacity: 4096, parts: 1550 },
  { push: 'tryThenPush', pop: 'tryThenPop', capacity: 1024, parts: 150 },
  { push: 'pushMany', pop: 'popMany', capacity: 1000, parts: 150 },
  { push: 'tryThenPush', pop: 'drain', capacity: 65_536, parts: 125 },
  { push: 'push', pop: 'pop', type: 'f64', capacity: 4096, parts: 100 },
  { push: 'pushMany', pop: 'peek', type: 'f64', capacity: 300, parts: 75 },
  { push: 'reserve', pop: 'pop', capacity: 100, settings: NO_SPIN, parts: 40 },
  { push: 'tryPush', pop: 'tryPop', capacity: 1000, settings: EACH, parts: 10 },
  { push: 'push', pop: 'popInTime', capacity: 63, settings: EACH, parts: 20 },
  { push: 'flood', pop: 'tryThenPop', capacity: 256, onFull: 'drop-newest', parts: 4 },
  { push: 'flood', pop: 'tryThenPop', capacity: 256, onFull: 'overwrite-oldest', parts: 3 },
  { push: 'pushAsync', pop: 'popAsync', capacity: 500, parts: 1 },
  { push: 'push', pop: 'pop', capacity: 3, parts: 1 },
  { push: 'push', pop: 'pop', capacity: 1, settings: NO_SPIN, parts: 0.2 },
  { push: 'push', pop: 'pop', type: 'record', capacity: 500, parts: 0.2 },
  { push: 'push', pop: 'pop', type: 'bytes', capacity: 500, parts: 0.2 },
  { push: 'push', pop: 'pop', type: 'frames', capacity: 500, parts: 0.2 },
  { push: 'push', pop: 'pop', type: 'json', capacity: 500, parts: 0.1 },
  { push: 'push', pop: 'pop', type: 'clone', capacity: 500, parts: 0.05 },
  { push: 'push', pop: 'pop', kind: 'mutex', capacity: 1000, parts: 1 },
]

/** What a queue might do wrong, done by the producer from the 500th item on: the number of the item that goes in as the nth. */
const FAULTY = 500
export const FAULTS = {
  lost: (n) => (n < FAULTY ? n : n + 1),
  twice: (n) => (n <= FAULTY ? n : n - 1),
  swapped: (n) => (n === FAULTY ? n + 1 : n === FAULTY + 1 ? n - 1 : n),
}

export function titleOf({ kind, type = 'i32', push, pop, capacity, settings = {}, onFull }) {
  const said = [onFull, settings.publish && `publish ${settings.publish}`, settings.spin === 0 && 'no spin']
  return [`${kind === 'mutex' ? 'mutex ' : ''}${push}/${pop} ${type}, ${capacity}`, ...said.filter(Boolean)].join(', ')
}

const itemsOf = ({ type = 'i32' }) => NUMBERED[type] ?? { ...ITEMS[type], summand: ITEMS[type].number }

export function create({ kind, type = 'i32', capacity, onFull }) {
  if (kind === 'mutex') return createMutexQueue({ capacity })
  return createQueue({ capacity: itemsOf({ type }).capacity(capacity), type: ITEMS[type].type, onFull })
}

function attach({ kind, type = 'i32', settings }, handle) {
  return kind === 'mutex' ? attachMutexQueue(handle) : attachQueue(handle, { ...settings, type: ITEMS[type].type })
}

const viewOf = ({ type }) => (type === 'f64' ? Float64Array : Int32Array)

/** A sum that depends on the order of what goes in. */
const added = (sum, item) => (Math.imul(sum, 0x01000193) + item) | 0

/** A consumer tells in word PROGRESS of so many items each that they have arrived. */
export const PROGRESS = 0
const TOLD = 2 ** 12
/** How many of the two ends are there: none begins without the other. */
const STARTED = 1

function startTogether(shared) {
  Atomics.add(shared, STARTED, 1)
  Atomics.notify(shared, STARTED)
  Atomics.wait(shared, STARTED, 1)
}

/** The producing thread: pushes `count` items and closes; gives their sum. With a `fault` of {@link FAULTS} they are wrong. */
export async function produce(stream, { handle, count, shared }) {
  const producer = attach(stream, handle).producer()
  startTogether(shared)
  const { of, summand } = itemsOf(stream)
  let sum = 0
  const number = FAULTS[stream.fault] ?? ((n) => n)
  const numbered = (n) => {
    const item = of(number(n))
    sum = added(sum, summand(item))
    return item
  }
  await PUSHES[stream.push](producer, count, numbered, viewOf(stream))
  producer.close()
  return sum
}

/**
 * The consuming thread: takes all items and compares each with the one that is next in line; of a stream that loses items
 * by its policy, looks for it further on. Gives `{ arrived, sum }`.
 *
 * @throws at the first item that is lost, twice there or out of order
 */
export async function consume(stream, { handle, count, shared }) {
  const consumer = attach(stream, handle).consumer()
  startTogether(shared)
  const { of, number, summand } = itemsOf(stream)
  const isExpected = number === undefined ? (item, n) => item === of(n) : (item, n) => number(item) === n
  const loses = stream.onFull !== undefined
  let next = 0
  let arrived = 0
  let sum = 0
  const use = (item) => {
    if (loses) while (next < count && !isExpected(item, next)) next++
    if (next >= count || !isExpected(item, next)) throw new Error(`item ${next} of ${count} is not the one in line`)
    next++
    sum = added(sum, summand(item))
    if (++arrived % TOLD === 0) Atomics.store(shared, PROGRESS, arrived / TOLD)
  }
  await POPS[stream.pop](consumer, use, viewOf(stream))
  return { arrived, sum }
}
