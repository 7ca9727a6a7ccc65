import test from 'ava'
import { withoutBlocking } from './atomics.js'
import { KINDS } from './kinds.js'

for (const { name, create } of KINDS) {
  for (const timeoutMs of [0, 0.5, 5]) {
    test(`${name}: pop on an empty queue gives undefined after ${timeoutMs} ms`, (t) => {
      t.is(create({ capacity: 1 }).consumer().pop(timeoutMs), undefined)
    })

    test(`${name}: push on a full queue gives false after ${timeoutMs} ms and leaves it as it was`, (t) => {
      const queue = create({ capacity: 1 })
      const producer = queue.producer()
      t.true(producer.push(1, timeoutMs))
      t.false(producer.push(2, timeoutMs))
      const consumer = queue.consumer()
      t.deepEqual([consumer.tryPop(), consumer.tryPop()], [1, undefined])
    })
  }

  test(`${name}: what need not wait does not, whatever the timeout`, (t) => {
    const queue = create({ capacity: 2 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    t.true(producer.push(1))
    t.true(producer.push(2, Number.POSITIVE_INFINITY))
    t.deepEqual([consumer.pop(), consumer.pop(0)], [1, 2])
  })

  test(`${name}: after a timeout the queue works on, in both directions`, (t) => {
    const queue = create({ capacity: 1 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (let item = 0; item < 3; item++) {
      t.is(consumer.pop(1), undefined)
      t.true(producer.push(item, 1))
      t.false(producer.push(item, 1))
      t.is(consumer.pop(1), item)
    }
  })

  test(`${name}: a timeout that is no number from 0 to Infinity is refused, before anything happens`, (t) => {
    const queue = create({ capacity: 1 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (const timeoutMs of [Number.NaN, -1, '5', null, 5n, Symbol('5'), {}] as number[]) {
      const expected = { code: 'ERR_OPTION', message: /timeoutMs is .+; allowed: milliseconds from 0 to Infinity/ }
      t.throws(() => producer.push(1, timeoutMs), expected)
      t.throws(() => consumer.pop(timeoutMs), expected)
    }
    t.is(queue.size, 0)
  })

  test.serial(`${name}: on a thread that may not block, waiting throws and the rest works`, (t) => {
    const queue = create({ capacity: 1 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    const expected = { code: 'ERR_CAPABILITY', message: /this thread may not block/ }
    withoutBlocking(() => {
      t.throws(() => consumer.pop(10), expected)
      t.true(producer.push(1, 10))
      t.throws(() => producer.push(2, 10), expected)
      t.is(consumer.pop(10), 1)
    })
  })

  test.serial(`${name}: timeouts work without performance, which an AudioWorklet has not`, (t) => {
    const consumer = create({ capacity: 1 }).consumer()
    const performance = Object.getOwnPropertyDescriptor(globalThis, 'performance') as PropertyDescriptor
    Object.defineProperty(globalThis, 'performance', { configurable: true, value: undefined })
    try {
      t.is(consumer.pop(2), undefined)
    } finally {
      Object.defineProperty(globalThis, 'performance', performance)
    }
  })
}
