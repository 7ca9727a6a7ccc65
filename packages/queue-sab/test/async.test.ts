import { setTimeout as pause } from 'node:timers/promises'
import { attachQueue, createQueue, type Waiting } from '@spsc/queue-sab'
import test from 'ava'
import { KINDS } from './kinds.js'
import { inWorker, untilAsleep } from './threads.js'

const ring = KINDS[0]

test('popAsync waits on the event loop for an item of another thread', async (t) => {
  const queue = createQueue({ capacity: 4 })
  const popped = queue.consumer().popAsync()
  await untilAsleep(ring, queue.handle, 'consumer')
  t.true(await inWorker(ring, queue.handle, 'push', { items: [42] }))
  t.is(await popped, 42)
})

test('pushAsync waits on the event loop for room that another thread makes', async (t) => {
  const queue = createQueue({ capacity: 1 })
  const producer = queue.producer()
  t.true(await producer.pushAsync(1))
  const pushed = producer.pushAsync(2)
  await untilAsleep(ring, queue.handle, 'producer')
  t.is(await inWorker(ring, queue.handle, 'pop', {}), 1)
  t.true(await pushed)
})

test('a timeout ends the wait, and nothing is lost by it', async (t) => {
  const queue = createQueue({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  t.is(await consumer.popAsync({ timeoutMs: 5 }), undefined)
  t.is(await consumer.popAsync({ timeoutMs: 0 }), undefined)
  t.true(await producer.pushAsync(1, { timeoutMs: 0 }))
  t.false(await producer.pushAsync(2, { timeoutMs: 5 }))
  t.is(await consumer.popAsync({ timeoutMs: 0 }), 1)
  await t.throwsAsync(consumer.popAsync({ timeoutMs: -1 }), { code: 'ERR_OPTION' })
})

test('several waits on one end are all served, each item once', async (t) => {
  const queue = createQueue({ capacity: 2 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const popped = Promise.all([1, 2, 3, 4, 5].map(() => consumer.popAsync()))
  await pause(5)
  await Promise.all([1, 2, 3, 4, 5].map((item) => producer.pushAsync(item)))
  t.deepEqual((await popped).sort(), [1, 2, 3, 4, 5])
})

test('abort rejects with its reason, and the end works on', async (t) => {
  const queue = createQueue({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const abort = new AbortController()
  const popped = consumer.popAsync({ signal: abort.signal })
  await pause(5)
  const reason = new Error('enough')
  abort.abort(reason)
  t.is(await t.throwsAsync(popped), reason)
  t.is(await t.throwsAsync(consumer.popAsync({ signal: abort.signal })), reason)
  t.true(producer.tryPush(1))
  t.is(await consumer.popAsync(), 1)
})

test('close ends the waits of both sides', async (t) => {
  const drained = createQueue({ capacity: 1 })
  const popped = drained.consumer().popAsync()
  await pause(5)
  drained.producer().close()
  t.is(await popped, undefined)

  const full = createQueue({ capacity: 1 })
  const producer = full.producer()
  producer.tryPush(1)
  const pushed = producer.pushAsync(2)
  await pause(5)
  full.consumer().close()
  await t.throwsAsync(pushed, { code: 'ERR_CLOSED' })
})

test('ends that would wait in different ways are kept apart', (t) => {
  const waiting: Waiting = {
    code: 7,
    name: 'sleepless',
    sleep: () => {},
    sleepAsync: async () => {},
    wake: () => {},
  }
  const queue = createQueue({ capacity: 1, waiting })
  const message = /way of waiting is 7; allowed: 0 \(Atomics\.wait\)/
  t.throws(() => attachQueue(queue.handle), { code: 'ERR_HANDLE', message })
  t.throws(() => attachQueue(createQueue({ capacity: 1 }).handle, { waiting }), { code: 'ERR_HANDLE' })
  t.is(attachQueue(queue.handle, { waiting }).capacity, 1)
})
