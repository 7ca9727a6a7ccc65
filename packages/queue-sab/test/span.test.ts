import { createQueue } from '@spsc/queue-sab'
import test from 'ava'

function ends(capacity: number) {
  const queue = createQueue({ capacity })
  return { producer: queue.producer(), consumer: queue.consumer() }
}

const length = ({ start, end }: { start: number; end: number }) => end - start

test('what is written in place and committed comes out in order, by spans and one by one', (t) => {
  for (const capacity of [1, 3, 8, 1000]) {
    const { producer, consumer } = ends(capacity)
    let pushed = 0
    let popped = 0
    for (let turn = 0; popped < 20 * capacity; turn++) {
      const room = producer.reserve(1 + (turn % (capacity + 1)))
      for (let i = room.start; i < room.end; i++) room.array[i] = pushed++
      producer.commit(length(room))
      if (turn % 5 === 0 && producer.tryPush(pushed)) pushed++
      const items = consumer.peek(1 + ((turn * 7) % (capacity + 2)))
      for (let i = items.start; i < items.end; i++) t.is(items.array[i], popped++)
      consumer.release(length(items))
      if (turn % 3 === 0 && popped < pushed) t.is(consumer.tryPop(), popped++)
    }
  }
})

test('a span is as long as there is room or items, and ends where the memory does', (t) => {
  const { producer, consumer } = ends(6) // in 8 slots
  t.is(length(producer.reserve(100)), 6)
  producer.commit(5)
  t.is(length(producer.reserve(100)), 1)
  t.is(length(consumer.peek(3)), 3)
  t.is(length(consumer.peek(100)), 5)
  consumer.release(5)
  t.deepEqual(length(producer.reserve(100)), 3, 'slots 5, 6 and 7')
  producer.commit(3)
  t.is(length(producer.reserve(100)), 3, 'from slot 0 on')
  producer.commit(3)
  t.is(length(producer.reserve(100)), 0)
  t.is(length(consumer.peek(100)), 3)
})

test('nothing is visible before commit, and no room comes back before release', (t) => {
  const { producer, consumer } = ends(2)
  producer.reserve(2).array[0] = 42
  t.is(consumer.tryPop(), undefined)
  producer.commit(1)
  t.is(consumer.size, 1)
  t.true(producer.tryPush(43))
  consumer.peek(2)
  t.false(producer.tryPush(44))
  consumer.release(1)
  t.true(producer.tryPush(44))
  t.deepEqual([consumer.tryPop(), consumer.tryPop()], [43, 44])
})

test('more than was reserved or peeked is refused, as is anything twice', (t) => {
  const { producer, consumer } = ends(4)
  for (const count of [-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
    t.throws(() => producer.reserve(count), { code: 'ERR_OPTION' })
    t.throws(() => consumer.peek(count), { code: 'ERR_OPTION' })
  }
  producer.reserve(2)
  t.throws(() => producer.commit(3), { code: 'ERR_OPTION', message: /count is 3; allowed: 0 to 2/ })
  producer.reserve(2)
  producer.commit(2)
  t.throws(() => producer.commit(1), { code: 'ERR_OPTION' })
  producer.reserve(2)
  producer.tryPush(7) // took the first of the two
  t.throws(() => producer.commit(2), { code: 'ERR_OPTION' })
  consumer.peek(1)
  t.throws(() => consumer.release(2), { code: 'ERR_OPTION' })
  consumer.peek(2)
  consumer.tryPop()
  t.throws(() => consumer.release(2), { code: 'ERR_OPTION' })
  t.is(consumer.size, 2)
})

test('spans of a closed queue', (t) => {
  const { producer, consumer } = ends(4)
  producer.reserve(2).array.fill(7)
  producer.commit(1)
  producer.reserve(1)
  producer.close()
  t.throws(() => producer.commit(1), { code: 'ERR_OPTION' })
  t.throws(() => producer.reserve(1), { code: 'ERR_CLOSED' })
  t.is(length(consumer.peek(4)), 1)
  consumer.close()
  t.throws(() => consumer.release(1), { code: 'ERR_OPTION' })
  t.is(length(consumer.peek(4)), 0)
})

test('awaitRoom tells of a consumer that wants no more, though there is room and no time to wait', async (t) => {
  for (const [end, code] of [
    ['close', 'ERR_CLOSED'],
    ['abandon', 'ERR_PEER_DIED'],
  ] as const) {
    const queue = createQueue({ capacity: 2 })
    const producer = queue.producer()
    t.true(producer.awaitRoom(0))
    if (end === 'close') queue.consumer().close()
    else queue.abandon('consumer')
    t.throws(() => producer.awaitRoom(0), { code })
    await t.throwsAsync(producer.awaitRoomAsync({ timeoutMs: 0 }), { code })
  }
})
