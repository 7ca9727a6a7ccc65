import test from 'ava'
import { KINDS } from './kinds.js'

const UNCONVERTIBLE = {
  'a symbol': Symbol('item'),
  'a bigint': 1n,
  'an object whose valueOf throws': {
    valueOf() {
      throw new TypeError('no number')
    },
  },
}

for (const { name, create } of KINDS) {
  for (const [what, bad] of Object.entries(UNCONVERTIBLE) as [string, unknown][]) {
    test(`${name}: ${what} is refused, and the queue works on`, (t) => {
      const queue = create({ capacity: 1 })
      const producer = queue.producer()
      const consumer = queue.consumer()
      t.throws(() => producer.tryPush(bad as number), { instanceOf: TypeError })
      t.throws(() => producer.push(bad as number, 100), { instanceOf: TypeError })
      t.is(queue.size, 0)
      t.true(producer.push(1, 100))
      t.is(consumer.pop(100), 1)
    })
  }

  test(`${name}: an item whose conversion pushes another comes after it, and neither is lost`, (t) => {
    for (const how of ['tryPush', 'push'] as const) {
      const queue = create({ capacity: 2 })
      const producer = queue.producer()
      const consumer = queue.consumer()
      let conversions = 0
      const reentrant = {
        valueOf() {
          conversions++
          producer.tryPush(1)
          return 2
        },
      }
      t.true(producer[how](reentrant as unknown as number, 100))
      t.deepEqual([consumer.pop(100), consumer.pop(100), conversions], [1, 2, 1])
    }
  })
}
