import { type AnyType, createQueue } from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { KINDS } from './kinds.js'
import { inWorker, untilAsleep } from './threads.js'
import { ITEMS } from './workers/items.js'

const [ring] = KINDS

function ends() {
  const queue = createQueue({ capacity: 100 })
  return { queue, producer: queue.producer(), consumer: queue.consumer() }
}

const FAILED = { code: 'ERR_PEER_FAILED', message: '[spsc] [queue-sab] disk full' }

for (const [name, { type, of, number, capacity }] of Object.entries(ITEMS)) {
  test(`${name}: a consumer drains what a producer pushed before it failed, then each call throws`, async (t) => {
    const queue = createQueue({ capacity: capacity(100), type: type as AnyType })
    const { producer, consumer } = { producer: queue.producer(), consumer: queue.consumer() } as unknown as AnyEnds
    for (let n = 1; n <= 9; n++) producer.tryPush(of(n))
    producer.fail(new Error('disk full'))
    t.false(consumer.ended)
    t.true(consumer.closed)
    const popped: unknown[] = [consumer.tryPop(), consumer.pop(), await consumer.popAsync()]
    const into = new Array(9)
    const count = consumer.popMany(into)
    popped.push(...into.slice(0, count))
    t.deepEqual(
      popped.map((item) => number(item as never)),
      [1, 2, 3, 4, 5, 6, 7, 8, 9],
    )
    t.false(consumer.ended)
    for (let calls = 0; calls < 2; calls++) {
      t.throws(() => consumer.tryPop(), FAILED)
      t.throws(() => consumer.pop(), FAILED)
      t.throws(() => consumer.pop(5), FAILED)
      t.throws(() => consumer.popMany([0]), FAILED)
      t.throws(() => consumer.drain(() => {}), FAILED)
      await t.throwsAsync(consumer.popAsync(), FAILED)
      await t.throwsAsync(async () => {
        for await (const item of consumer) t.fail(`${item}`)
      }, FAILED)
    }
    consumer.close()
    t.true(consumer.ended)
    t.is(consumer.tryPop(), undefined)
  })
}

test('peek shows what was pushed before the failure, then throws', (t) => {
  const { producer, consumer } = ends()
  producer.tryPush(1)
  producer.fail(new Error('disk full'))
  t.is(consumer.peek(9).end, 1)
  consumer.release(1)
  t.throws(() => consumer.peek(9), FAILED)
})

function throws(): never {
  throw new Error('no message')
}

const LONG = 'x'.repeat(1000)
const MESSAGES: [unknown, string][] = [
  [new Error(''), ''],
  [new Error(LONG), LONG.slice(0, 319)],
  [new Error('é 漢 😀 \0'), 'é 漢 😀 \0'],
  [new TypeError('typed'), 'typed'],
  ['just text', 'just text'],
  [undefined, 'undefined'],
  [null, 'null'],
  [42, '42'],
  [Symbol('why'), 'the symbol Symbol(why)'],
  [Object.create(null), 'of type object'],
  [{ toString: () => 'told' }, 'told'],
  [Object.assign(new Error(), { message: 42 }), '42'],
  [Object.defineProperty(new Error(), 'message', { get: throws }), 'of type object'],
]

test('whatever a producer fails with, the consumer is told', (t) => {
  for (const [error, message] of MESSAGES) {
    const { producer, consumer } = ends()
    producer.fail(error)
    t.throws(() => consumer.pop(), { code: 'ERR_PEER_FAILED', message: `[spsc] [queue-sab] ${message}` })
  }
})

test('a producer that has failed is closed, and neither close nor another failure changes why', (t) => {
  const { producer, consumer, queue } = ends()
  producer.fail(new Error('disk full'))
  producer.fail(new Error('again'))
  producer.close()
  queue.abandon('producer')
  t.throws(() => producer.tryPush(1), { code: 'ERR_CLOSED' })
  t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
  t.throws(() => consumer.pop(), FAILED)
})

test('a producer that has closed can not fail any more', (t) => {
  const { producer, consumer } = ends()
  producer.close()
  producer.fail(new Error('disk full'))
  t.is(consumer.pop(), undefined)
  t.true(consumer.ended)
})

test('a length of the message that nobody has written leads nowhere', (t) => {
  const { producer, consumer, queue } = ends()
  producer.fail(new Error('disk full'))
  new Uint16Array(queue.handle)[384 / 2] = 0xffff
  t.regex(t.throws(() => consumer.pop(), { code: 'ERR_PEER_FAILED' }).message, /disk full/)
})

test('a failure in another thread ends waits on an event loop', async (t) => {
  const { handle } = createQueue({ capacity: 2 })
  const consumer = ring.attach(handle).consumer() as unknown as AnyEnds['consumer']
  const failing = inWorker(ring, handle, 'fail', { type: 'i32', count: 5, error: new Error('disk full') })
  let last = 0
  await t.throwsAsync(async () => {
    for await (const item of consumer) last = item as number
  }, FAILED)
  t.is(last, 5)
  await failing
})

test('a consumer that sleeps is woken by a failure', async (t) => {
  const queue = createQueue({ capacity: 2 })
  const producer = queue.producer()
  const popped = inWorker(ring, queue.handle, 'wait', 'pop')
  await untilAsleep(ring, queue.handle, 'consumer')
  producer.fail(new Error('disk full'))
  t.is(await popped, 'ERR_PEER_FAILED')
})
