import { createQueue } from '@spsc/queue-sab'
import test from 'ava'

const length = ({ start, end }: { start: number; end: number }) => end - start

test('awaitItems and awaitRoom tell at once what there is', (t) => {
  const queue = createQueue({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  t.true(producer.awaitRoom())
  t.false(consumer.awaitItems(0))
  producer.tryPush(1)
  t.true(consumer.awaitItems())
  t.is(queue.size, 1, 'nothing is moved')
  t.false(producer.awaitRoom(0))
})

test('awaitItems and awaitRoom time out, and refuse a timeout that is none', async (t) => {
  const queue = createQueue({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  t.false(consumer.awaitItems(5))
  t.false(await consumer.awaitItemsAsync({ timeoutMs: 5 }))
  producer.tryPush(1)
  t.false(producer.awaitRoom(5))
  t.false(await producer.awaitRoomAsync({ timeoutMs: 5 }))
  t.throws(() => consumer.awaitItems(-1), { code: 'ERR_OPTION' })
  await t.throwsAsync(producer.awaitRoomAsync({ timeoutMs: Number.NaN }), { code: 'ERR_OPTION' })
})

test('awaitItemsAsync and awaitRoomAsync reject with the reason of their signal, aborted before or meanwhile', async (t) => {
  const queue = createQueue({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const reason = new Error('enough')
  const aborted = AbortSignal.abort(reason)
  t.is(await t.throwsAsync(producer.awaitRoomAsync({ signal: aborted })), reason, 'although there is room')
  const meanwhile = async (wait: (options: { signal: AbortSignal }) => Promise<boolean>) => {
    const abort = new AbortController()
    const waiting = wait({ signal: abort.signal })
    setTimeout(() => abort.abort(reason), 5)
    t.is(await t.throwsAsync(waiting), reason)
  }
  await meanwhile((options) => consumer.awaitItemsAsync(options))
  producer.tryPush(1)
  t.is(await t.throwsAsync(consumer.awaitItemsAsync({ signal: aborted })), reason, 'although there is an item')
  await meanwhile((options) => producer.awaitRoomAsync(options))
  t.is(consumer.tryPop(), 1)
})

test('spans that wait on an event loop move every item, to the end of the stream', async (t) => {
  const queue = createQueue({ capacity: 8, type: 'f64' })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const sending = async () => {
    for (let next = 0; next < 100; ) {
      t.true(await producer.awaitRoomAsync())
      const span = producer.reserve(3)
      for (let i = span.start; i < span.end; i++) span.array[i] = next++
      producer.commit(length(span))
    }
    producer.close()
  }
  const sent = sending()
  let expected = 0
  while (await consumer.awaitItemsAsync()) {
    const span = consumer.peek(5)
    for (let i = span.start; i < span.end; i++) t.is(span.array[i], expected++)
    consumer.release(length(span))
  }
  await sent
  t.true(expected >= 100)
  t.true(consumer.ended)
})

test('awaitItems and awaitRoom throw what pop and push throw', async (t) => {
  const died = createQueue({ capacity: 1 })
  const consumer = died.consumer()
  died.abandon('producer')
  t.throws(() => consumer.awaitItems(), { code: 'ERR_PEER_DIED' })
  await t.throwsAsync(consumer.awaitItemsAsync(), { code: 'ERR_PEER_DIED' })
  const closed = createQueue({ capacity: 1 })
  const producer = closed.producer()
  producer.tryPush(1)
  closed.consumer().close()
  t.throws(() => producer.awaitRoom(), { code: 'ERR_CLOSED' })
  await t.throwsAsync(producer.awaitRoomAsync(), { code: 'ERR_CLOSED' })
})

test('what waits for room is what it was when it was pushed', async (t) => {
  const { bytes, frames, record } = await import('@spsc/queue-sab')
  for (const type of [bytes(4), frames()] as const) {
    const queue = createQueue({ capacity: type.name === 'bytes' ? 1 : 8, type })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    producer.tryPush(new Uint8Array(4))
    const item = new Uint8Array(4).fill(1)
    const pushed = producer.pushAsync(item)
    item.fill(2)
    consumer.tryPop()
    consumer.flush()
    t.true(await pushed)
    t.deepEqual(consumer.tryPop(), new Uint8Array(4).fill(1))
  }
  const queue = createQueue({ capacity: 1, type: record({ a: 'u8' }) })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  producer.tryPush({ a: 0 })
  const item = { a: 1 }
  const pushed = producer.pushAsync(item)
  item.a = 2
  consumer.tryPop()
  t.true(await pushed)
  t.deepEqual(consumer.tryPop(), { a: 1 })
})
