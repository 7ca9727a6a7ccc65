import { createMutexQueue } from '@spsc/queue-sab'
import test from 'ava'
import { withAtomics, withoutBlocking } from './atomics.js'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS } from './threads.js'

const mutex = KINDS[1]

// Word 32 of LAYOUT.md.
const LOCK = 32
const FREE = 0
const HELD = 1 // by the producer
const CONTENDED = 8

function lockable() {
  const queue = createMutexQueue({ capacity: 1 })
  return { words: new Int32Array(queue.handle), producer: queue.producer(), consumer: queue.consumer() }
}

test('push and pop wait no longer for the lock than their timeout', (t) => {
  const { words, producer, consumer } = lockable()
  Atomics.store(words, LOCK, HELD)
  for (const timeoutMs of [0, 5]) {
    t.false(producer.push(1, timeoutMs))
    t.is(consumer.pop(timeoutMs), undefined)
  }
  Atomics.store(words, LOCK, FREE)
  t.true(producer.push(1, 0))
  t.is(consumer.pop(0), 1)
})

for (const how of ['pop', 'push'] as const) {
  test.serial(`a ${how} that times out while it waits for the lock again leaves no waiter counted`, (t) => {
    const { words, producer, consumer } = lockable()
    if (how === 'push') producer.push(1)
    // Somebody takes the lock while this thread sleeps, and never gives it back.
    const lockedMeanwhile: Parameters<typeof withAtomics>[1] =
      (wait) =>
      (...sleep) => {
        const outcome = wait(...sleep)
        Atomics.store(words, LOCK, HELD)
        return outcome
      }
    const act = () => (how === 'pop' ? consumer.pop(5) : producer.push(2, 5))
    t.is(withAtomics('wait', lockedMeanwhile, act), how === 'pop' ? undefined : false)
    t.is(words[mutex.asleep[how === 'pop' ? 'consumer' : 'producer'].word], 0)
    Atomics.store(words, LOCK, FREE)
    t.deepEqual([consumer.tryPop(), consumer.tryPop()], how === 'pop' ? [undefined, undefined] : [1, undefined])
  })
}

test.serial('a thread that sleeps until the lock is free is woken by the unlock', async (t) => {
  const queue = createMutexQueue({ capacity: 1 })
  const words = new Int32Array(queue.handle)
  const producer = queue.producer()
  const popped = inWorker(mutex, queue.handle, 'pop', {})
  const bystander = new Int32Array(new SharedArrayBuffer(4))
  // Holds the producer up in its unlock, with the lock, until the other thread sleeps for it.
  const held: Parameters<typeof withAtomics>[1] =
    (exchange) =>
    (array, index, ...values) => {
      if (index === LOCK && values[0] === FREE) {
        for (let ms = 0; ms < PATIENCE_MS && (Atomics.load(words, LOCK) & CONTENDED) === 0; ms++) {
          Atomics.wait(bystander, 0, 0, 1)
        }
        Atomics.wait(bystander, 0, 0, 20)
      }
      return exchange(array, index, ...values)
    }
  withAtomics('exchange', held, () => producer.tryPush(42))
  t.is(await popped, 42)
})

test.serial('on a thread that may not block, what finds the lock held throws, and closed and ended do not', (t) => {
  const { words, producer, consumer } = lockable()
  Atomics.store(words, LOCK, HELD)
  withoutBlocking(() => {
    const expected = { code: 'ERR_CAPABILITY' }
    t.throws(() => producer.tryPush(1), expected)
    t.throws(() => consumer.tryPop(), expected)
    t.throws(() => producer.size, expected)
    t.throws(() => consumer.close(), expected)
    t.false(consumer.closed)
    t.false(consumer.ended)
  })
})
