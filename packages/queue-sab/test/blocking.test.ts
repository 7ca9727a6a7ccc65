import test from 'ava'
import { KINDS } from './kinds.js'
import { inWorker, untilAsleep } from './threads.js'

// No sleep in here has a timeout: after one, pop and push check again, and a lost wake-up would pass unseen.
for (const kind of KINDS) {
  test(`${kind.name}: a sleeping consumer is woken by a push`, async (t) => {
    const queue = kind.create({ capacity: 4 })
    const producer = queue.producer()
    const popped = inWorker(kind, queue.handle, 'pop', {})
    await untilAsleep(kind, queue.handle, 'consumer')
    producer.tryPush(42)
    t.is(await popped, 42)
  })

  test(`${kind.name}: a sleeping consumer is woken by the producer's close`, async (t) => {
    const queue = kind.create({ capacity: 4 })
    const producer = queue.producer()
    const popped = inWorker(kind, queue.handle, 'pop', {})
    await untilAsleep(kind, queue.handle, 'consumer')
    producer.close()
    t.is(await popped, undefined)
  })

  test(`${kind.name}: a sleeping producer is woken by a pop`, async (t) => {
    const queue = kind.create({ capacity: 1 })
    const consumer = queue.consumer()
    const pushed = inWorker(kind, queue.handle, 'push', { items: [1, 2] })
    await untilAsleep(kind, queue.handle, 'producer')
    t.is(consumer.tryPop(), 1)
    t.true(await pushed)
    t.is(consumer.tryPop(), 2)
  })

  test(`${kind.name}: a sleeping producer is woken by the consumer's close, and told`, async (t) => {
    const queue = kind.create({ capacity: 1 })
    const consumer = queue.consumer()
    const pushed = inWorker(kind, queue.handle, 'push', { items: [1, 2] })
    await untilAsleep(kind, queue.handle, 'producer')
    consumer.close()
    t.is(await pushed, 'ERR_CLOSED')
  })

  test(`${kind.name}: a sleeper that is notified for nothing sleeps on`, async (t) => {
    const queue = kind.create({ capacity: 1 })
    const producer = queue.producer()
    const popped = inWorker(kind, queue.handle, 'pop', {})
    await untilAsleep(kind, queue.handle, 'consumer')
    for (let word = 32; word < 96; word++) Atomics.notify(new Int32Array(queue.handle), word)
    await untilAsleep(kind, queue.handle, 'consumer')
    producer.tryPush(7)
    t.is(await popped, 7)
  })
}
