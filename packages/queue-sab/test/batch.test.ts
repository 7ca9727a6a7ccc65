import { createQueue } from '@spsc/queue-sab'
import test from 'ava'

function ends(capacity: number) {
  const queue = createQueue({ capacity })
  return { producer: queue.producer(), consumer: queue.consumer() }
}

test('batches pass in order, whatever their sizes and wherever the memory ends', (t) => {
  for (const capacity of [1, 3, 8, 100]) {
    const { producer, consumer } = ends(capacity)
    const into = new Int32Array(capacity + 3)
    let pushed = 0
    let popped = 0
    for (let turn = 0; popped < 20 * capacity; turn++) {
      const length = 1 + (turn % (capacity + 2))
      const items = Int32Array.from({ length }, (_, i) => pushed + i)
      const count = producer.pushMany(items)
      t.is(count, Math.min(length, capacity - (pushed - popped)))
      pushed += count
      const part = into.subarray(0, 1 + ((turn * 5) % into.length))
      const taken = consumer.popMany(part)
      for (let i = 0; i < taken; i++) t.is(part[i], popped++)
      t.is(consumer.size, pushed - popped)
    }
  }
})

test('a batch of a plain array goes in item by item, converted, also while reading it pushes', (t) => {
  const { producer, consumer } = ends(4)
  const pushThenConvert = () => {
    producer.tryPush(7)
    return 8
  }
  const sly = { valueOf: pushThenConvert } as unknown as number
  t.is(producer.pushMany([1.9, sly, 3, 4]), 3)
  t.deepEqual(
    Array.from({ length: 5 }, () => consumer.tryPop()),
    [1, 7, 8, 3, undefined],
  )
})

test('a batch that can not be converted leaves the queue as it was', (t) => {
  const { producer, consumer } = ends(4)
  t.throws(() => producer.pushMany(BigInt64Array.of(1n) as unknown as Int32Array), { instanceOf: TypeError })
  t.is(consumer.size, 0)
  producer.pushMany(Int32Array.of(1, 2))
  t.throws(() => consumer.popMany(Object.freeze([0, 0])), { instanceOf: TypeError })
  t.is(consumer.size, 2)
})

test('nothing goes into or out of a batch of none, nor of a closed queue', (t) => {
  const { producer, consumer } = ends(4)
  t.is(producer.pushMany(new Int32Array(0)), 0)
  t.is(consumer.popMany([]), 0)
  t.is(consumer.popMany([0]), 0)
  producer.pushMany(Int32Array.of(1, 2))
  producer.close()
  t.throws(() => producer.pushMany(Int32Array.of(3)), { code: 'ERR_CLOSED' })
  const block = [0, 0, 0]
  t.is(consumer.popMany(block), 2)
  t.deepEqual(block, [1, 2, 0])
  consumer.close()
  t.is(consumer.popMany(block), 0)
})

test('drain takes all there is, and an item is gone although its use throws', (t) => {
  const { producer, consumer } = ends(4)
  producer.pushMany(Int32Array.of(1, 2, 3))
  const fail = () => {
    throw new Error('once')
  }
  t.throws(() => consumer.drain(fail), { message: 'once' })
  t.is(consumer.size, 2)
  const rest: number[] = []
  t.is(
    consumer.drain((item) => rest.push(item)),
    2,
  )
  t.deepEqual(rest, [2, 3])
})

test('for await gives every item to the end of the stream', async (t) => {
  const { producer, consumer } = ends(2)
  const sending = (async () => {
    for (let item = 0; item < 50; item++) await producer.pushAsync(item)
    producer.close()
  })()
  let next = 0
  for await (const item of consumer) {
    t.is(item, next++)
    if (next === 10) break
  }
  for await (const item of consumer) t.is(item, next++)
  t.is(next, 50)
  await sending
})
