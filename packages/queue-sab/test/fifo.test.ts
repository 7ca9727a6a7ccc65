import { createQueue } from '@spsc/queue-sab'
import test from 'ava'
import { KINDS } from './kinds.js'

for (const { name, create, attach, startAt, modulus } of KINDS) {
  test(`${name}: items come out in the order they went in`, (t) => {
    const queue = create({ capacity: 8 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (const item of [3, 1, 2]) t.true(producer.tryPush(item))
    t.deepEqual([consumer.tryPop(), consumer.tryPop(), consumer.tryPop(), consumer.tryPop()], [3, 1, 2, undefined])
  })

  test(`${name}: order survives many laps of the ring`, (t) => {
    const queue = create({ capacity: 3 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (let item = 0; item < 100; item += 2) {
      producer.tryPush(item)
      producer.tryPush(item + 1)
      t.deepEqual([consumer.tryPop(), consumer.tryPop()], [item, item + 1])
    }
  })

  test(`${name}: i32 items are converted as an Int32Array would`, (t) => {
    const queue = create({ capacity: 4, type: 'i32' })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (const item of [-(2 ** 31), 2 ** 31, 1.5, Number.NaN]) producer.tryPush(item)
    t.deepEqual(
      [1, 2, 3, 4].map(() => consumer.tryPop()),
      [-(2 ** 31), -(2 ** 31), 1, 0],
    )
  })

  for (const [type, View] of Object.entries({ u32: Uint32Array, f32: Float32Array })) {
    test(`${name}: ${type} items come out as a typed array makes them`, (t) => {
      const queue = create({ capacity: 3, type: type as 'u32' })
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      for (const item of [0, 2 ** 32 - 1, -1, 0.1, -0, Number.NaN, 2 ** 40 + 7]) {
        t.true(producer.tryPush(item))
        t.is(consumer.tryPop(), new View([item])[0])
      }
    })
  }

  test(`${name}: f64 items come out as the same number, also NaN and -0`, (t) => {
    const queue = create({ capacity: 5, type: 'f64' })
    const producer = queue.producer()
    const consumer = attach(queue.handle).consumer()
    const items = [0.1, -0, Number.MAX_SAFE_INTEGER, Number.NEGATIVE_INFINITY, Number.NaN]
    for (const item of items) producer.tryPush(item)
    t.deepEqual(
      items.map(() => consumer.tryPop()),
      items,
    )
  })

  // Beside the wrap to 0, the counts cross the middle of their range, where a signed word changes its sign.
  for (const [where, start] of [
    ['half', modulus / 2 - 3],
    ['all', modulus - 3],
  ] as const) {
    test(`${name}: nothing changes when the counts have gone through ${where} of their range`, (t) => {
      const queue = create({ capacity: 3 })
      startAt(queue.handle, start)
      const producer = queue.producer()
      const consumer = queue.consumer()
      for (let lap = 0; lap < 4; lap++) {
        t.deepEqual(
          [0, 1, 2, 3].map((item) => producer.tryPush(lap * 3 + item)),
          [true, true, true, false],
        )
        t.is(producer.push(9, 1), false)
        t.is(queue.size, 3)
        t.deepEqual(
          [0, 1, 2].map(() => consumer.pop(1)),
          [lap * 3, lap * 3 + 1, lap * 3 + 2],
        )
        t.is(consumer.pop(1), undefined)
        t.is(queue.size, 0)
      }
      producer.tryPush(7)
      producer.close()
      t.deepEqual([consumer.pop(), consumer.pop()], [7, undefined])
    })
  }
}

test('an end that is claimed late goes on where the queue is', (t) => {
  const queue = createQueue({ capacity: 4 })
  const producer = queue.producer()
  producer.tryPush(1)
  producer.tryPush(2)
  producer.close()
  const consumer = queue.consumer()
  t.deepEqual([consumer.pop(), consumer.pop(), consumer.pop()], [1, 2, undefined])
})
