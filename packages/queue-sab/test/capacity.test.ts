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
}
