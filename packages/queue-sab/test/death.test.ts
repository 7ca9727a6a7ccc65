import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createMutexQueue, createQueue } from '@spsc/queue-sab'
import test from 'ava'
import { withAtomics } from './atomics.js'
import { KINDS } from './kinds.js'
import { inWorker, untilAsleep } from './threads.js'

const mutex = KINDS[1]
const DIED = { code: 'ERR_PEER_DIED', message: /the thread of the (producer|consumer) is gone; allowed: .+; / }

for (const kind of KINDS) {
  test(`${kind.name}: a consumer gets what a thread had pushed before it died, then an error`, (t) => {
    const queue = kind.create({ capacity: 4 })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    for (const item of [1, 2, 3]) producer.push(item)
    queue.abandon('producer')
    t.true(queue.closed)
    t.deepEqual([consumer.tryPop(), consumer.pop(), consumer.pop(5)], [1, 2, 3])
    for (let calls = 0; calls < 2; calls++) {
      t.false(consumer.ended)
      t.throws(() => consumer.tryPop(), DIED)
      t.throws(() => consumer.pop(), DIED)
      t.throws(() => consumer.pop(5), DIED)
    }
    consumer.close()
    t.true(consumer.ended)
    t.is(consumer.pop(), undefined)
  })

  test(`${kind.name}: a producer whose consumer has died gets an error`, (t) => {
    const queue = kind.create({ capacity: 1 })
    const producer = queue.producer()
    producer.push(1)
    queue.abandon('consumer')
    t.throws(() => producer.push(2), DIED)
    t.throws(() => producer.push(2, 5), DIED)
    t.false(producer.tryPush(2))
  })

  test(`${kind.name}: an end that nobody ever took can be abandoned`, (t) => {
    const queue = kind.create({ capacity: 1 })
    const consumer = queue.consumer()
    queue.abandon('producer')
    t.throws(() => consumer.pop(), DIED)
  })

  test(`${kind.name}: who has closed before the thread ended has not died`, (t) => {
    const queue = kind.create({ capacity: 1 })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    producer.push(1)
    producer.close()
    queue.abandon('producer')
    t.deepEqual([consumer.pop(), consumer.pop(), consumer.ended], [1, undefined, true])
    consumer.close()
    queue.abandon('consumer')
    t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
  })

  for (const [how, end] of [
    ['pop', 'producer'],
    ['push', 'consumer'],
  ] as const) {
    test(`${kind.name}: a thread that sleeps in ${how} is woken when the ${end} is abandoned`, async (t) => {
      const queue = kind.create({ capacity: 1 })
      const waited = inWorker(kind, queue.handle, 'wait', how)
      await untilAsleep(kind, queue.handle, how === 'pop' ? 'consumer' : 'producer')
      queue.abandon(end)
      t.is(await waited, 'ERR_PEER_DIED')
    })
  }

  test(`${kind.name}: the exit of a watched worker abandons its end`, async (t) => {
    for (const code of ['process.exit(3)', 'throw new Error("on purpose")', '']) {
      const queue = kind.create({ capacity: 1 })
      const worker = new Worker(code, { eval: true })
      worker.on('error', () => {})
      queue.watch('producer', worker)
      await new Promise((resolve) => worker.once('exit', resolve))
      t.throws(() => queue.consumer().pop(), DIED)
      t.is(worker.listenerCount('exit'), 0)
    }
  })

  test(`${kind.name}: a worker that has exited before it is watched abandons its end at once`, async (t) => {
    const queue = kind.create({ capacity: 1 })
    const worker = new Worker('', { eval: true })
    await once(worker, 'exit')
    queue.watch('consumer', worker)()
    t.throws(() => queue.producer().push(1), DIED)
    t.is(worker.listenerCount('exit'), 0)
  })

  test(`${kind.name}: who stops watching leaves no listener, and the exit says nothing`, async (t) => {
    const queue = kind.create({ capacity: 1 })
    const worker = new Worker('', { eval: true })
    const stop = queue.watch('producer', worker)
    t.is(worker.listenerCount('exit'), 1)
    stop()
    stop()
    t.is(worker.listenerCount('exit'), 0)
    await once(worker, 'exit')
    t.false(queue.closed)
  })
}

test('the death of a thread ends waits on an event loop', async (t) => {
  const drained = createQueue({ capacity: 1 })
  const consumer = drained.consumer()
  const [popped, looped] = [consumer.popAsync(), consumer[Symbol.asyncIterator]().next()]
  const full = createQueue({ capacity: 1 })
  const producer = full.producer()
  producer.tryPush(1)
  const pushed = producer.pushAsync(2)
  await new Promise(setImmediate)
  drained.abandon('producer')
  full.abandon('consumer')
  for (const wait of [popped, looped, pushed]) await t.throwsAsync<Error>(wait, DIED)
  await t.throwsAsync(producer.pushAsync(2), DIED)
})

// Word 32 of LAYOUT.md, and who holds it.
const LOCK = 32
const HOLDERS = { producer: 1, consumer: 2 } as const
const CONTENDED = 8

for (const [end, holder] of Object.entries(HOLDERS) as ['producer' | 'consumer', 1 | 2][]) {
  for (const contended of [0, CONTENDED]) {
    test(`mutex: the lock of a ${end} that died is free${contended ? ', though somebody waits for it' : ''}`, (t) => {
      const queue = createMutexQueue({ capacity: 2 })
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      producer.push(1)
      new Int32Array(queue.handle)[LOCK] = holder | contended
      queue.abandon(end)
      if (end === 'producer') {
        t.is(consumer.pop(), 1)
        t.throws(() => consumer.pop(), DIED)
      } else {
        t.throws(() => producer.push(2), DIED)
        t.is(producer.size, 1)
      }
    })

    test(`mutex: the lock that the other end holds stays held when the ${end} has died${contended ? ', contended' : ''}`, (t) => {
      const queue = createMutexQueue({ capacity: 2 })
      const words = new Int32Array(queue.handle)
      words[LOCK] = (HOLDERS.producer + HOLDERS.consumer - holder) | contended
      queue.abandon(end)
      t.not(words[LOCK], 0)
    })
  }
}

test('mutex: a thread that sleeps for the lock of one that died gets it', async (t) => {
  const queue = createMutexQueue({ capacity: 1 })
  const words = new Int32Array(queue.handle)
  queue.producer().push(1)
  words[LOCK] = HOLDERS.producer
  const popped = inWorker(mutex, queue.handle, 'pop', {})
  for (const start = Date.now(); Atomics.load(words, LOCK) === HOLDERS.producer && Date.now() - start < 9000; ) {
    await new Promise(setImmediate)
  }
  queue.abandon('producer')
  t.is(await popped, 1)
})

test('mutex: a push whose item was counted before the thread died has happened, one that was not has not', (t) => {
  for (const counted of [0, 1]) {
    const queue = createMutexQueue({ capacity: 2 })
    const words = new Int32Array(queue.handle)
    const consumer = queue.consumer()
    new Int32Array(queue.handle, 1024)[0] = 42
    words[mutex.counts.pushed] = counted
    words[LOCK] = HOLDERS.producer
    queue.abandon('producer')
    if (counted === 1) t.is(consumer.pop(), 42)
    t.throws(() => consumer.pop(), DIED)
  }
})

test.serial('mutex: an end looks at the size as itself, so that its death in there frees the lock', (t) => {
  for (const end of ['producer', 'consumer'] as const) {
    const queue = createMutexQueue({ capacity: 2 })
    const words = new Int32Array(queue.handle)
    let held: number | undefined
    const seen: Parameters<typeof withAtomics>[1] =
      (exchange) =>
      (...unlock) => {
        held = words[LOCK]
        return exchange(...unlock)
      }
    t.is(
      withAtomics('exchange', seen, () => queue[end]().size),
      0,
    )
    t.is(held, HOLDERS[end])
  }
})
