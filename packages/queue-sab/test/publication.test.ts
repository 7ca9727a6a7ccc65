import { createMutexQueue, createQueue, type RingQueue } from '@spsc/queue-sab'
import test, { type ExecutionContext } from 'ava'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS, untilAsleep } from './threads.js'
import { deadline } from './workers/actions.js'

const [ring] = KINDS
const CAPACITY = 64

/** A ring whose producer holds two items back: the first is published at once, since the consumer has nothing. */
function heldItems() {
  const queue = createQueue({ capacity: CAPACITY })
  const producer = queue.producer()
  for (const item of [1, 2, 3]) producer.tryPush(item)
  return { queue, end: producer, before: 1, after: 3 }
}

/** A ring whose consumer holds two slots back. */
function heldSlots() {
  const queue = createQueue({ capacity: CAPACITY })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  producer.pushMany(new Int32Array(CAPACITY))
  for (let pops = 0; pops < 2; pops++) consumer.tryPop()
  return { queue, end: consumer, before: CAPACITY, after: CAPACITY - 2 }
}

function full(): RingQueue {
  const queue = createQueue({ capacity: 1, publish: 'each' })
  const producer = queue.producer()
  producer.tryPush(1)
  return Object.assign(queue, { producer: () => producer })
}

function fullMutex() {
  const producer = createMutexQueue({ capacity: 1 }).producer()
  producer.tryPush(1)
  return producer
}

/** What a thread does with another queue than the one that holds something back. */
const ELSEWHERE: Record<string, () => unknown> = {
  'tryPop on an empty ring': () => createQueue({ capacity: 1 }).consumer().tryPop(),
  'popMany on an empty ring': () => createQueue({ capacity: 1 }).consumer().popMany([0]),
  'peek on an empty ring': () => createQueue({ capacity: 1 }).consumer().peek(1),
  'drain of an empty ring': () =>
    createQueue({ capacity: 1 })
      .consumer()
      .drain(() => {}),
  'pop that waits': () => createQueue({ capacity: 1 }).consumer().pop(1),
  'popAsync that waits': () => void createQueue({ capacity: 1 }).consumer().unref().popAsync(),
  'tryPush on a full ring': () => full().producer().tryPush(2),
  'pushMany on a full ring': () => full().producer().pushMany(Int32Array.of(2)),
  'reserve on a full ring': () => full().producer().reserve(1),
  'push that waits': () => full().producer().push(2, 1),
  'pushAsync that waits': () => void full().producer().unref().pushAsync(2),
  'tryPop on an empty mutex queue': () => createMutexQueue({ capacity: 1 }).consumer().tryPop(),
  'pop that waits, of a mutex queue': () => createMutexQueue({ capacity: 1 }).consumer().pop(1),
  'tryPush on a full mutex queue': () => fullMutex().tryPush(2),
  'push that waits, of a mutex queue': () => fullMutex().push(2, 1),
}

for (const [what, held] of Object.entries({ items: heldItems, slots: heldSlots })) {
  const showsAfter = async (t: ExecutionContext, action: (end: ReturnType<typeof held>['end']) => unknown) => {
    const { queue, end, before, after } = held()
    t.is(queue.size, before)
    const outcome = action(end)
    if (outcome instanceof Promise) await outcome
    t.is(queue.size, after)
  }

  test(`held back ${what} become visible by flush`, (t) => showsAfter(t, (end) => end.flush()))

  test(`held back ${what} become visible by close`, (t) => showsAfter(t, (end) => end.close()))

  test(`held back ${what} become visible at the end of the microtask turn`, (t) =>
    showsAfter(t, () => Promise.resolve()))

  for (const [action, run] of Object.entries(ELSEWHERE)) {
    test(`held back ${what} become visible by a ${action}`, (t) => showsAfter(t, () => void run()))
  }
}

test('no more is held back than 256 items, nor than a quarter of the ring', (t) => {
  for (const [capacity, most] of [
    [64, 16],
    [1024, 256],
  ] as const) {
    const queue = createQueue({ capacity })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    for (let pushed = 1; pushed <= capacity; pushed++) {
      producer.tryPush(pushed)
      t.true(pushed - queue.size < most, `${pushed} pushed, ${queue.size} visible`)
    }
    producer.flush()
    for (let popped = 1; popped <= capacity; popped++) {
      consumer.tryPop()
      t.true(queue.size - (capacity - popped) < capacity / 4, `${popped} popped, ${queue.size} visible`)
    }
  }
})

for (const [how, options] of Object.entries({
  'publish: each': { capacity: CAPACITY, publish: 'each' },
  'a capacity below 64': { capacity: CAPACITY - 1 },
} as const)) {
  test(`with ${how} every push is visible and every pop frees its slot at once`, (t) => {
    const queue = createQueue(options)
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    for (let size = 1; size <= options.capacity; size++) {
      producer.tryPush(size)
      t.is(queue.size, size)
    }
    for (let size = options.capacity - 1; size >= 0; size--) {
      consumer.tryPop()
      t.is(queue.size, size)
    }
  })
}

test('with each at one end only, that end holds nothing back', (t) => {
  const queue = createQueue({ capacity: CAPACITY, publish: 'each' })
  const producer = queue.producer()
  for (let size = 1; size <= 10; size++) {
    producer.tryPush(size)
    t.is(queue.size, size)
  }
})

test('an unknown way to publish is refused', (t) => {
  const expected = { code: 'ERR_OPTION', message: /publish is .+; allowed: adaptive, each/ }
  for (const publish of ['Each', null, true] as unknown as 'each'[]) {
    t.throws(() => createQueue({ capacity: 1, publish }), expected)
  }
})

/** Blocks this thread, as no queue does it, until the other has done something for the first time. */
function untilDone(done: Int32Array): void {
  if (Atomics.wait(done, 0, 0, PATIENCE_MS) === 'timed-out') throw new Error('the other thread still sleeps')
}

test('a consumer that sleeps is woken by the first push, though the thread that pushed does nothing more', async (t) => {
  const queue = createQueue({ capacity: 1024 })
  const producer = queue.producer()
  const done = new Int32Array(new SharedArrayBuffer(4))
  const popping = inWorker(ring, queue.handle, 'tell', { done, how: 'pop' })
  await untilAsleep(ring, queue.handle, 'consumer')
  producer.tryPush(1)
  untilDone(done)
  producer.close()
  await popping
  t.is(done[0], 1)
})

test('a producer that sleeps is woken by the first pop, though the thread that popped does nothing more', async (t) => {
  const queue = createQueue({ capacity: CAPACITY })
  const consumer = queue.consumer()
  const done = new Int32Array(new SharedArrayBuffer(4))
  const pushing = inWorker(ring, queue.handle, 'tell', { done, how: 'push' })
  await untilAsleep(ring, queue.handle, 'producer')
  t.is(Atomics.exchange(done, 0, 0), CAPACITY)
  t.is(consumer.tryPop(), 0)
  untilDone(done)
  consumer.drain(() => {})
  await pushing
  t.is(done[0], 100)
})

test.serial('a long turn leaves neither more than one microtask nor an end in the list twice', async (t) => {
  const queue = createQueue({ capacity: 1024 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const counted = counting([producer, consumer])
  try {
    for (let item = 0; item < 100_000; item++) {
      producer.tryPush(item)
      if (item % 3 === 0) producer.flush()
      if (item % 2 === 0) while (consumer.tryPop() !== undefined && consumer.size % 5 !== 0);
    }
  } finally {
    counted.stop()
  }
  t.log(`${counted.listings} listings`)
  t.true(counted.listings > 0)
  t.true(counted.longest <= 2)
  t.is(counted.microtasks, 1)
})

/** Counts what is put into any array, of these, and microtasks. */
function counting(ends: readonly unknown[]) {
  const { push } = Array.prototype
  const { then } = Promise.prototype
  const counted = { listings: 0, longest: 0, microtasks: 0, stop }
  Array.prototype.push = function (...items) {
    const length = push.apply(this, items)
    if (ends.includes(items[0])) {
      counted.listings++
      counted.longest = Math.max(counted.longest, length)
    }
    return length
  }
  // biome-ignore lint/suspicious/noThenProperty: the one that each promise has is replaced
  Promise.prototype.then = function (...reactions) {
    counted.microtasks++
    return then.apply(this, reactions) as never
  }
  function stop() {
    Array.prototype.push = push
    // biome-ignore lint/suspicious/noThenProperty: and put back
    Promise.prototype.then = then
  }
  return counted
}

test('two threads that hand two items round by two queues never stall, though both only look', async (t) => {
  const options = { capacity: 1024 }
  const [there, back] = [createQueue(options), createQueue(options)]
  const [producer, consumer] = [there.producer(), back.consumer()]
  const echoing = inWorker(ring, there.handle, 'echo', { back: back.handle }, 3 * PATIENCE_MS)
  const inTime = deadline(2 * PATIENCE_MS)
  const rounds = 3_000
  for (const item of [0, 1]) producer.tryPush(item)
  for (let next = 0; next < rounds; inTime()) {
    const item = consumer.tryPop()
    if (item === undefined) continue
    t.is(item, next++)
    while (!producer.tryPush(item + 2)) inTime()
  }
  producer.close()
  await echoing
})
