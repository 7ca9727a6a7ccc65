import { type AnyType, attachQueue, createQueue, type RingQueue } from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { KINDS } from './kinds.js'
import { inWorker } from './threads.js'
import { ITEMS } from './workers/items.js'

const [{ startAt, modulus }] = KINDS
const NONE = { pushed: 0, popped: 0, dropped: 0, overwritten: 0 }
// Doubles of LAYOUT.md.
const PUSHED = 24
const POPPED = 40

/** As if so many items had gone through the queue. */
function startTotalsAt({ handle }: RingQueue, items: number): void {
  startAt(handle, items)
  new Float64Array(handle).fill(items, PUSHED, PUSHED + 1).fill(items, POPPED, POPPED + 1)
}

for (const [name, { type, of, capacity }] of Object.entries(ITEMS)) {
  test(`${name}: what went in and out is told by both ends, by the queue, and where it is attached`, (t) => {
    const queue = createQueue({ capacity: capacity(100), type: type as AnyType })
    const { producer, consumer } = { producer: queue.producer(), consumer: queue.consumer() } as unknown as AnyEnds
    const attached = attachQueue(queue.handle, { type: type as AnyType })
    const all = () => [consumer, producer, queue, attached].map((end) => end.stats())
    const expect = (stats: object) => t.deepEqual(all(), Array(4).fill({ ...NONE, ...stats }))
    expect(NONE)
    for (let n = 1; n <= 20; n++) producer.tryPush(of(n))
    producer.flush()
    expect({ pushed: 20 })
    consumer.popMany(new Array(5))
    // A consumer of json takes items before it gives them.
    if (name !== 'json') expect({ pushed: 20, popped: 5 })
    consumer.drain(() => {})
    expect({ pushed: 20, popped: 20 })
    producer.close()
    consumer.close()
    expect({ pushed: 20, popped: 20 })
  })

  test(`${name}: what is not yet published does not count`, (t) => {
    const queue = createQueue({ capacity: capacity(100), type: type as AnyType })
    const { producer } = { producer: queue.producer() } as unknown as AnyEnds
    for (let n = 1; n <= 3; n++) producer.tryPush(of(n))
    t.is(queue.stats().pushed, 1)
    producer.flush()
    t.is(queue.stats().pushed, 3)
  })
}

for (const onFull of ['block', 'drop-newest', 'overwrite-oldest'] as const) {
  for (const [where, start] of [
    ['2^29', modulus / 2 - 50],
    ['2^30', modulus - 50],
    ['3 * 2^30', 3 * modulus - 50],
  ] as const) {
    test(`${onFull}: totals go on beyond ${where} items`, (t) => {
      const queue = createQueue({ capacity: 8, onFull })
      startTotalsAt(queue, start)
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      for (let items = 1; items <= 200; items++) {
        producer.tryPush(items)
        t.is(consumer.pop(1), items)
        t.deepEqual(queue.stats(), { ...NONE, pushed: start + items, popped: start + items })
      }
    })
  }

  test(`${onFull}: totals are noted long before a count comes round, whether or not anything is lost`, (t) => {
    const queue = createQueue({ capacity: 8, onFull })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    const notes = new Float64Array(queue.handle)
    for (let items = 1; items <= 200; items++) {
      producer.tryPush(items)
      consumer.tryPop()
      t.true(items - (notes[PUSHED] as number) <= 16)
      t.true(items - (notes[POPPED] as number) <= 16)
    }
  })
}

test('totals of another thread are those of this one', async (t) => {
  const queue = createQueue({ capacity: 8, onFull: 'drop-newest' })
  t.is(await inWorker(KINDS[0], queue.handle, 'flood', { type: 'i32', count: 20 }), 8)
  t.deepEqual(queue.stats(), { ...NONE, pushed: 8, dropped: 12 })
  t.is(queue.consumer().pop(), 1)
  t.deepEqual(queue.stats(), { ...NONE, pushed: 8, popped: 1, dropped: 12 })
})
