import { type ElementType, QueueError } from '@spsc/queue-sab'
import test from 'ava'
import { KINDS } from './kinds.js'

for (const { name, create, attach } of KINDS) {
  for (const capacity of [1, 2, 3, 4, 1000]) {
    test(`${name}: capacity ${capacity} holds exactly ${capacity}`, (t) => {
      const queue = create({ capacity })
      const producer = queue.producer()
      const consumer = queue.consumer()
      const fill = () => {
        let pushed = 0
        while (producer.tryPush(pushed)) pushed++
        return pushed
      }
      t.is(queue.capacity, capacity)
      t.is(attach(queue.handle).capacity, capacity)
      t.is(fill(), capacity)
      consumer.tryPop()
      t.is(fill(), 1, 'one popped makes room for one')
      while (consumer.tryPop() !== undefined);
      t.is(fill(), capacity)
    })
  }

  test(`${name}: size tells how many items wait, at the queue, at both ends and where it was attached`, (t) => {
    const queue = create({ capacity: 3 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    const sizes = () => [queue.size, producer.size, consumer.size, attach(queue.handle).size]
    t.deepEqual(sizes(), [0, 0, 0, 0])
    for (const item of [1, 2, 3]) producer.tryPush(item)
    t.deepEqual(sizes(), [3, 3, 3, 3])
    consumer.tryPop()
    producer.close()
    t.deepEqual(sizes(), [2, 2, 2, 2])
  })

  test(`${name}: a capacity that is no integer from 1 to 2^28 is refused`, (t) => {
    for (const capacity of [0, -1, 1.5, Number.NaN, 1e12, 2 ** 28 + 1, '8', null, undefined, 8n]) {
      const error = t.throws(() => create({ capacity: capacity as number }), {
        instanceOf: QueueError,
        code: 'ERR_OPTION',
      })
      t.regex(error.message, /^\[spsc\] \[queue-sab\] capacity is .+; allowed: an integer from 1 to 268435456/)
    }
  })

  test(`${name}: an unknown element type is refused`, (t) => {
    for (const type of ['i8', 'toString', '__proto__', 1, null]) {
      const error = t.throws(() => create({ capacity: 8, type: type as ElementType }), { code: 'ERR_OPTION' })
      t.regex(error.message, /type is .+; allowed: i32, f64/)
    }
  })
}
