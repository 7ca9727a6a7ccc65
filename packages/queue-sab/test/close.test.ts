import test from 'ava'
import { KINDS } from './kinds.js'

for (const { name, create, attach, startAt, modulus } of KINDS) {
  test(`${name}: after the producer's close the consumer drains, then ends`, (t) => {
    const queue = create({ capacity: 4 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    producer.tryPush(1)
    producer.tryPush(2)
    producer.close()
    t.true(consumer.closed, 'closed, though items wait')
    t.deepEqual([consumer.pop(), consumer.tryPop(), consumer.pop(), consumer.tryPop()], [1, 2, undefined, undefined])
  })

  test(`${name}: the stream has ended when the producer has closed and the last item has been popped`, (t) => {
    const queue = create({ capacity: 2 })
    startAt(queue.handle, modulus - 1)
    const producer = queue.producer()
    const consumer = queue.consumer()
    t.false(consumer.ended, 'empty, but open')
    producer.tryPush(1)
    producer.tryPush(2)
    t.false(consumer.ended, 'items wait')
    producer.close()
    t.false(consumer.ended, 'closed, but items wait')
    t.deepEqual([consumer.pop(), consumer.ended], [1, false])
    t.deepEqual([consumer.tryPop(), consumer.ended], [2, true])
  })

  test(`${name}: an item pushed after a pop has timed out is not taken for the end, though closed is set`, (t) => {
    const queue = create({ capacity: 4 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    t.is(consumer.pop(5), undefined)
    producer.push(42)
    producer.close()
    t.true(consumer.closed)
    t.false(consumer.ended)
    t.is(consumer.pop(5), 42)
    t.true(consumer.ended)
  })

  test(`${name}: a close after a pop has timed out is the end`, (t) => {
    const queue = create({ capacity: 4 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    t.is(consumer.pop(5), undefined)
    producer.close()
    t.true(consumer.ended)
  })

  test(`${name}: for a consumer that has closed the stream has ended, whatever waits`, (t) => {
    const queue = create({ capacity: 4 })
    queue.producer().tryPush(1)
    const consumer = queue.consumer()
    consumer.close()
    t.true(consumer.ended)
  })

  test(`${name}: tryPush and push after one's own close throw, also on a queue with room`, (t) => {
    const queue = create({ capacity: 4 })
    const producer = queue.producer()
    producer.tryPush(1)
    producer.close()
    t.throws(() => producer.tryPush(2), { code: 'ERR_CLOSED' })
    t.throws(() => producer.push(2), { code: 'ERR_CLOSED' })
    t.is(queue.size, 1)
  })

  test(`${name}: after the consumer's close push throws, with and without room, and tryPush does not`, (t) => {
    const queue = create({ capacity: 1 })
    const producer = queue.producer()
    queue.consumer().close()
    t.true(producer.closed)
    t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
    t.true(producer.tryPush(1))
    t.false(producer.tryPush(2))
    t.throws(() => producer.push(2), { code: 'ERR_CLOSED' })
  })

  test(`${name}: a closed consumer pops nothing more`, (t) => {
    const queue = create({ capacity: 4 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    for (const item of [1, 2, 3]) producer.tryPush(item)
    t.is(consumer.tryPop(), 1)
    consumer.close()
    t.deepEqual([consumer.tryPop(), consumer.pop()], [undefined, undefined])
  })

  test(`${name}: close is idempotent, and the two ends' closes are apart`, (t) => {
    const queue = create({ capacity: 1 })
    const producer = queue.producer()
    const consumer = queue.consumer()
    t.deepEqual([queue.closed, producer.closed, consumer.closed], [false, false, false])
    producer.close()
    producer.close()
    consumer.close()
    consumer.close()
    t.deepEqual([queue.closed, producer.closed, consumer.closed], [true, true, true])
    t.true(attach(queue.handle).closed)
  })
}
