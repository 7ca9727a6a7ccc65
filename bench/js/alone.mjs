// What each operation costs by itself: both ends in one thread, half a ring in and then out, so that no cache line goes
// to another CPU and nobody is woken. What a workload of two threads takes beyond that is their way to each other.
//
//   node bench/js/alone.mjs
import { bytes, createQueue, json } from '@spsc/queue-sab'
import { RingBuffer } from 'ringbuf.js'
import { objectOf } from './lib/objects.js'

const CAPACITY = 1024
const HALF = CAPACITY / 2
const ROUNDS = 9
const LAPS = 400

/** A queue filled and emptied by halves; `push(item)` and `pop()` give what the sum is made of. */
function halves({ push, pop }) {
  let sum = 0
  const clock = { push: 0, pop: 0 }
  for (let lap = 0; lap < LAPS; lap++) {
    const start = performance.now()
    for (let item = 0; item < HALF; item++) push(item)
    const between = performance.now()
    for (let item = 0; item < HALF; item++) sum += pop()
    clock.push += between - start
    clock.pop += performance.now() - between
  }
  const expected = (LAPS * HALF * (HALF - 1)) / 2
  if (sum !== expected) throw new Error(`the sum is ${sum}, not ${expected}`)
  return { push: (clock.push * 1e6) / (LAPS * HALF), pop: (clock.pop * 1e6) / (LAPS * HALF) }
}

/** An operation without a queue. */
function bare(operation) {
  const start = performance.now()
  let sum = 0
  for (let item = 0; item < LAPS * HALF; item++) sum += operation(item)
  if (Number.isNaN(sum)) throw new Error('the sum is not a number')
  return { alone: ((performance.now() - start) * 1e6) / (LAPS * HALF) }
}

function numbers(publish) {
  const queue = createQueue({ capacity: CAPACITY, publish })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  return { push: (item) => producer.tryPush(item), pop: () => consumer.tryPop() }
}

function messages(size) {
  const queue = createQueue({ capacity: CAPACITY, type: bytes(size) })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const words = new Int32Array(size / 4)
  const message = new Uint8Array(words.buffer)
  const push = (item) => {
    words[0] = item
    return producer.tryPush(message)
  }
  const pop = () => {
    consumer.tryPopInto(message)
    return words[0]
  }
  return { push, pop }
}

function objects() {
  const queue = createQueue({ capacity: CAPACITY * 256, type: json() })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  return { push: (item) => producer.tryPush(objectOf(item)), pop: () => consumer.tryPop().id }
}

function ringbuf() {
  const ring = new RingBuffer(RingBuffer.getStorageForCapacity(CAPACITY, Int32Array), Int32Array)
  const pair = new Int32Array(2)
  const one = new Int32Array(1)
  const push = (item) => {
    pair[0] = item
    return ring.push(pair, 1)
  }
  const pop = () => {
    ring.pop(one)
    return one[0]
  }
  return { push, pop }
}

const word = new Int32Array(new SharedArrayBuffer(4))
const exchange = (item) => Atomics.exchange(word, 0, item)

function setOf(size) {
  const shared = new Uint8Array(new SharedArrayBuffer(size))
  const message = new Uint8Array(size)
  return (item) => {
    message[0] = item
    shared.set(message)
    return shared[0]
  }
}

const texts = Array.from({ length: 64 }, (_, item) => JSON.stringify(objectOf(item)))
const SUBJECTS = {
  'i32, adaptive': () => halves(numbers('adaptive')),
  'i32, publish each': () => halves(numbers('each')),
  'ringbuf.js, i32': () => halves(ringbuf()),
  'Atomics.exchange': () => bare(exchange),
  'bytes(64)': () => halves(messages(64)),
  'set of 64 bytes': () => bare(setOf(64)),
  'bytes(1024)': () => halves(messages(1024)),
  'set of 1024 bytes': () => bare(setOf(1024)),
  'json, one by one': () => halves(objects()),
  'JSON.stringify': () => bare((item) => JSON.stringify(objectOf(item)).length),
  'JSON.parse': () => bare((item) => JSON.parse(texts[item % texts.length]).id),
}

function median(values) {
  return values.sort((a, b) => a - b)[values.length >> 1]
}

console.log(`node ${process.version} · ns an operation, medians of ${ROUNDS} rounds, both ends in one thread`)
for (const [name, measure] of Object.entries(SUBJECTS)) {
  measure()
  const rounds = Array.from({ length: ROUNDS }, measure)
  const figures = Object.keys(rounds[0]).map((part) => [part, median(rounds.map((round) => round[part]))])
  const text = figures.map(([part, ns]) => `${part} ${ns.toFixed(ns < 10 ? 1 : 0)}`).join('  ')
  console.log(`${name.padEnd(18)}  ${text}`)
}
