import { type AnyType, attachQueue, createQueue, frames, type OnFull } from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS } from './threads.js'
import { deadline } from './workers/actions.js'
import { ITEMS } from './workers/items.js'

const [ring] = KINDS

function ends(onFull: OnFull, capacity = 4) {
  const queue = createQueue({ capacity, onFull })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const rest = () => {
    const items: number[] = []
    consumer.drain((item) => items.push(item))
    return items
  }
  return { queue, producer, consumer, rest }
}

test('the policy is told by the queue, wherever it is attached, and one that there is not is refused', (t) => {
  for (const onFull of ['drop-oldest', null, 1] as unknown as OnFull[]) {
    const expected = { code: 'ERR_OPTION', message: /onFull is .+; allowed: block, drop-newest, overwrite-oldest/ }
    t.throws(() => createQueue({ capacity: 1, onFull }), expected)
  }
  t.is(createQueue({ capacity: 1 }).onFull, 'block')
  const { handle } = createQueue({ capacity: 1, onFull: 'overwrite-oldest' })
  t.is(attachQueue(handle).onFull, 'overwrite-oldest')
})

test('block: what finds the queue full is refused and counted nowhere', (t) => {
  const { producer, rest } = ends('block')
  t.deepEqual(
    [1, 2, 3, 4, 5, 6].map((item) => producer.tryPush(item)),
    [true, true, true, true, false, false],
  )
  t.is(producer.pushMany(Int32Array.of(5, 6)), 0)
  t.deepEqual(producer.stats(), { pushed: 4, popped: 0, dropped: 0, overwritten: 0 })
  t.deepEqual(rest(), [1, 2, 3, 4])
})

test('drop-newest: what finds the queue full is dropped and counted, and nothing waits', async (t) => {
  const { producer, rest } = ends('drop-newest')
  for (const item of [1, 2, 3]) producer.tryPush(item)
  t.is(producer.pushMany(Int32Array.of(4, 5, 6)), 1)
  t.is(producer.pushMany([5, 6, 7]), 0)
  t.false(producer.tryPush(8))
  t.false(producer.push(9))
  t.false(await producer.pushAsync(10))
  t.deepEqual(producer.stats(), { pushed: 4, popped: 0, dropped: 8, overwritten: 0 })
  t.deepEqual(rest(), [1, 2, 3, 4])
  t.true(producer.tryPush(11))
  t.deepEqual(producer.stats(), { pushed: 5, popped: 4, dropped: 8, overwritten: 0 })
})

test('overwrite-oldest: what finds the queue full takes the place of the oldest, which is counted', async (t) => {
  const { producer, consumer, rest } = ends('overwrite-oldest')
  for (const item of [1, 2, 3, 4, 5]) t.true(producer.tryPush(item))
  t.true(producer.push(6))
  t.true(await producer.pushAsync(7))
  t.is(producer.size, 4)
  t.deepEqual(producer.stats(), { pushed: 7, popped: 0, dropped: 0, overwritten: 3 })
  t.is(consumer.tryPop(), 4)
  t.deepEqual(rest(), [5, 6, 7])
  t.deepEqual(producer.stats(), { pushed: 7, popped: 4, dropped: 0, overwritten: 3 })
})

test('overwrite-oldest: a batch goes in as if one by one, however long it is', (t) => {
  for (const batch of [(items: number[]) => items, (items: number[]) => Int32Array.from(items)]) {
    const { producer, rest } = ends('overwrite-oldest')
    t.is(producer.pushMany(batch([1, 2, 3])), 3)
    t.is(producer.pushMany(batch([4, 5, 6])), 3)
    t.deepEqual(rest(), [3, 4, 5, 6])
    t.is(producer.pushMany(batch([1, 2, 3, 4, 5, 6, 7, 8, 9])), 9)
    t.deepEqual(producer.stats(), { pushed: 15, popped: 4, dropped: 0, overwritten: 7 })
    t.deepEqual(rest(), [6, 7, 8, 9])
  }
})

test('overwrite-oldest: the room that a span takes is counted as overwritten', (t) => {
  const { producer, rest } = ends('overwrite-oldest')
  for (const item of [1, 2, 3, 4]) producer.tryPush(item)
  const { array, start, end } = producer.reserve(2)
  t.is(end - start, 2)
  array.set([5, 6], start)
  producer.commit(2)
  t.deepEqual(producer.stats(), { pushed: 6, popped: 0, dropped: 0, overwritten: 2 })
  t.deepEqual(rest(), [3, 4, 5, 6])
})

test('overwrite-oldest: items are not read in place, but in batches', (t) => {
  const { producer, consumer } = ends('overwrite-oldest')
  const expected = { code: 'ERR_CAPABILITY', message: /overwritten while they are read; allowed: .+; use popMany/ }
  for (const item of [1, 2, 3, 4, 5]) producer.tryPush(item)
  t.throws(() => consumer.peek(1), expected)
  t.throws(() => consumer.peek(0), expected)
  consumer.release(0)
  const into = [0, 0, 0]
  t.is(consumer.popMany(into), 3)
  t.deepEqual(into, [2, 3, 4])
  t.is(consumer.popMany(into), 1)
  t.is(consumer.popMany(into), 0)
})

test('overwrite-oldest: as many frames go as the new one needs room for', (t) => {
  const queue = createQueue({ capacity: 32, type: frames(), onFull: 'overwrite-oldest' })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  for (const length of [4, 4, 4, 4, 9]) t.true(producer.tryPush(new Uint8Array(length).fill(length)))
  t.deepEqual(queue.stats(), { pushed: 5, popped: 0, dropped: 0, overwritten: 2 })
  t.true(producer.tryPush(new Uint8Array(28)))
  t.deepEqual(queue.stats(), { pushed: 6, popped: 0, dropped: 0, overwritten: 5 })
  t.deepEqual(consumer.tryPop(), new Uint8Array(28))
  t.is(consumer.tryPop(), undefined)
  t.deepEqual(queue.stats(), { pushed: 6, popped: 1, dropped: 0, overwritten: 5 })
})

test('overwrite-oldest: a producer goes on when the consumer has closed, and when it is gone', (t) => {
  for (const leave of ['close', 'abandon'] as const) {
    const { queue, producer, consumer } = ends('overwrite-oldest')
    if (leave === 'close') consumer.close()
    else queue.abandon('consumer')
    for (let item = 0; item < 10; item++) t.true(producer.tryPush(item))
    t.throws(() => producer.push(10), { code: leave === 'close' ? 'ERR_CLOSED' : 'ERR_PEER_DIED' })
    t.true(queue.closed)
    // One that has been abandoned by mistake.
    if (leave === 'abandon') t.deepEqual([consumer.tryPop(), consumer.popMany([0, 0, 0, 0])], [6, 3])
  }
})

/** Takes what the end gives by one of its methods; nothing: `undefined` or 0 items. */
const TAKE = {
  tryPop: (consumer: AnyEnds['consumer'], use: (item: unknown) => void) => {
    const item = consumer.tryPop()
    if (item !== undefined) use(item)
  },
  popMany: (consumer: AnyEnds['consumer'], use: (item: unknown) => void) => {
    const items = new Array(7)
    items.length = consumer.popMany(items)
    items.forEach(use)
  },
  pop: (consumer: AnyEnds['consumer'], use: (item: unknown) => void) => {
    const item = consumer.pop(1)
    if (item !== undefined) use(item)
  },
  tryPopInto: (consumer: AnyEnds['consumer'], use: (item: unknown) => void) => {
    const target = new Uint8Array(64)
    const length = (consumer as unknown as { tryPopInto(into: Uint8Array): number | undefined }).tryPopInto(target)
    if (length !== undefined) use(target.subarray(0, length))
  },
}

const FLOODS = [
  { type: 'i32', count: 200_000, how: 'tryPop' },
  { type: 'i32', count: 200_000, how: 'popMany' },
  { type: 'f64', count: 200_000, how: 'pop' },
  { type: 'i64', count: 50_000, how: 'tryPop' },
  { type: 'bytes', count: 100_000, how: 'tryPopInto' },
  { type: 'record', count: 50_000, how: 'tryPop' },
  { type: 'record', count: 50_000, how: 'popMany' },
  { type: 'frames', count: 100_000, how: 'tryPop' },
  { type: 'frames', count: 100_000, how: 'tryPopInto' },
  { type: 'json', count: 30_000, how: 'tryPop' },
  { type: 'clone', count: 30_000, how: 'tryPop' },
] as const

for (const onFull of ['overwrite-oldest', 'drop-newest'] as const) {
  for (const { type, count, how } of FLOODS) {
    test.serial(
      `${onFull}: of a flood of ${type} items what arrives by ${how} is whole and in order, and the counts add up`,
      async (t) => {
        const { type: itemType, capacity, number } = ITEMS[type]
        const queue = createQueue({ capacity: capacity(5), type: itemType as AnyType, onFull })
        const consumer = queue.consumer() as unknown as AnyEnds['consumer']
        const flooding = inWorker(ring, queue.handle, 'flood', { type, count }, 3 * PATIENCE_MS)
        const inTime = deadline(2 * PATIENCE_MS)
        let arrived = 0
        let last = 0
        for (; !consumer.ended; inTime()) {
          TAKE[how](consumer, (item) => {
            const n = number(item as never)
            if (!(n > last)) throw new Error(`item ${n} after ${last}`)
            last = n
            arrived++
          })
        }
        const pushed = await flooding
        const { dropped, overwritten } = queue.stats()
        t.log(`${arrived} of ${count} arrived`)
        t.deepEqual(queue.stats(), { pushed, popped: arrived, dropped, overwritten })
        t.is(pushed, arrived + overwritten)
        t.is(pushed + dropped, count)
        t.is(onFull === 'overwrite-oldest' ? dropped : overwritten, 0)
        if (onFull === 'overwrite-oldest') t.is(last, count, 'the newest is there')
      },
    )
  }
}

test('overwrite-oldest: awaitItems does not tell of an item that is being overwritten', (t) => {
  const queue = createQueue({ capacity: 2, onFull: 'overwrite-oldest' })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  for (const item of [1, 2]) producer.tryPush(item)
  t.is(consumer.tryPop(), 1)
  t.true(consumer.awaitItems(0))
  producer.reserve(2)
  t.false(consumer.awaitItems(0))
})

test('overwrite-oldest: a HEAD that no consumer can have written costs the producer no walk through all counts', (t) => {
  for (const behind of [3, 2 ** 20, 2 ** 29 - 1]) {
    const queue = createQueue({ capacity: 2, onFull: 'overwrite-oldest' })
    const producer = queue.producer()
    for (const item of [1, 2]) producer.tryPush(item)
    new Int32Array(queue.handle)[64] = -behind << 2
    t.true(producer.tryPush(3))
    t.true(queue.stats().overwritten <= 2)
  }
})
