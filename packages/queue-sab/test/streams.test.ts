import { getEventListeners, once } from 'node:events'
import { Readable, Writable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { createQueue, frames, json, readableStream, writableStream } from '@spsc/queue-sab'
import { nodeReadable, nodeWritable } from '@spsc/queue-sab/node'
import test from 'ava'

function ends(capacity = 4) {
  const queue = createQueue({ capacity })
  return { queue, producer: queue.producer(), consumer: queue.consumer() }
}

const NUMBERS = Array.from({ length: 1000 }, (_, n) => n)
const FAILED = { code: 'ERR_PEER_FAILED', message: '[spsc] [queue-sab] disk full' }
const enough = new Error('disk full')

/** Resolves at its event `close`, also after an error. */
function closing(stream: Readable | Writable): Promise<unknown> {
  return new Promise((resolve) => stream.once('close', resolve))
}

test('web: items go through in order to the end of the stream', async (t) => {
  const { producer, consumer } = ends()
  const items: number[] = []
  const write = (item: number) => void items.push(item)
  const source = new ReadableStream({
    start(controller) {
      for (const item of NUMBERS) controller.enqueue(item)
      controller.close()
    },
  })
  await Promise.all([
    source.pipeTo(writableStream(producer)),
    readableStream(consumer).pipeTo(new WritableStream({ write })),
  ])
  t.deepEqual(items, NUMBERS)
  t.true(consumer.ended)
})

test('node: items go through in order to the end of the stream', async (t) => {
  const { producer, consumer } = ends()
  const items: number[] = []
  const sink = new Writable({
    objectMode: true,
    write(item, _encoding, callback) {
      items.push(item)
      callback()
    },
  })
  await Promise.all([pipeline(Readable.from(NUMBERS), nodeWritable(producer)), pipeline(nodeReadable(consumer), sink)])
  t.deepEqual(items, NUMBERS)
  t.true(consumer.ended)
})

test('web: a full ring holds the writer', async (t) => {
  const { producer, consumer } = ends(2)
  const writer = writableStream(producer).getWriter()
  await Promise.all([writer.write(1), writer.write(2)])
  const third = writer.write(3)
  t.is(await Promise.race([third, pause(20, 'held')]), 'held')
  t.is(writer.desiredSize, 0)
  t.is(consumer.tryPop(), 1)
  consumer.flush()
  t.is(await third, undefined)
})

test('node: a full ring holds the writer', async (t) => {
  const { producer, consumer } = ends(2)
  const writable = nodeWritable(producer, { highWaterMark: 1 })
  let written = 0
  for (const item of [1, 2, 3]) writable.write(item, () => void written++)
  t.true(writable.writableNeedDrain)
  await pause(20)
  t.deepEqual([written, writable.writableLength], [2, 1])
  t.is(consumer.tryPop(), 1)
  await once(writable, 'drain')
  t.deepEqual([written, writable.writableLength], [3, 0])
  writable.destroy()
})

test('web: an item is taken from the ring only when it is asked for', async (t) => {
  const { producer, consumer, queue } = ends()
  producer.pushMany(Int32Array.of(1, 2, 3))
  const reader = readableStream(consumer).getReader()
  await pause(5)
  t.is(queue.size, 3)
  t.deepEqual(await reader.read(), { done: false, value: 1 })
  await pause(5)
  t.is(queue.size, 2)
})

test('node: no more items are taken from the ring than the stream may buffer', async (t) => {
  const { producer, consumer, queue } = ends(100)
  producer.pushMany(Int32Array.from(NUMBERS.slice(0, 100)))
  const readable = nodeReadable(consumer, { highWaterMark: 3 })
  t.is(readable.read(), null)
  await pause(5)
  consumer.flush()
  t.is(queue.size, 97)
  readable.destroy()
})

test('web: cancelling closes the consumer, also while it waits, and nothing is left waiting', async (t) => {
  for (const reading of [false, true]) {
    const { producer, consumer } = ends()
    const reader = readableStream(consumer).getReader()
    const read = reading ? reader.read() : undefined
    await pause(1)
    await reader.cancel(enough)
    t.true(consumer.ended)
    t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
    if (read) t.deepEqual(await read, { done: true, value: undefined })
  }
})

test('node: destroying the readable closes the consumer, also while it waits', async (t) => {
  for (const error of [undefined, enough]) {
    for (const reading of [false, true]) {
      const { producer, consumer } = ends()
      const readable = nodeReadable(consumer)
      const errors: unknown[] = []
      readable.on('error', (found) => errors.push(found))
      if (reading) readable.resume()
      await pause(1)
      readable.destroy(error)
      await closing(readable)
      t.true(consumer.ended)
      t.deepEqual(errors, error ? [error] : [])
      t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
    }
  }
})

test('web: aborting fails the producer, also while it waits', async (t) => {
  for (const waiting of [false, true]) {
    const { producer, consumer } = ends(1)
    const writer = writableStream(producer).getWriter()
    writer.closed.catch(() => {})
    await writer.write(1)
    const written = waiting ? writer.write(2) : undefined
    const refused = written ? t.throwsAsync(written, { is: enough }) : undefined
    await pause(1)
    await writer.abort(enough)
    await refused
    t.is(consumer.pop(), 1)
    t.throws(() => consumer.pop(), FAILED)
  }
})

test('node: destroying the writable fails the producer where there is an error, else closes it', async (t) => {
  for (const error of [undefined, enough]) {
    for (const waiting of [false, true]) {
      const { producer, consumer } = ends(1)
      const writable = nodeWritable(producer)
      const errors: unknown[] = []
      writable.on('error', (found) => errors.push(found))
      writable.write(1)
      if (waiting) writable.write(2)
      await pause(1)
      writable.destroy(error)
      await closing(writable)
      t.is(consumer.pop(), 1)
      if (error) t.throws(() => consumer.pop(), FAILED)
      else t.deepEqual([consumer.pop(), consumer.ended], [undefined, true])
      t.deepEqual(errors, error ? [error] : [])
    }
  }
})

test('a failure or death of the producer is the error of the readable, after what it had pushed', async (t) => {
  for (const [end, code] of [
    ['fail', 'ERR_PEER_FAILED'],
    ['die', 'ERR_PEER_DIED'],
  ] as const) {
    for (const toArray of [
      (consumer: ReturnType<typeof ends>['consumer'], items: number[]) =>
        readableStream(consumer).pipeTo(new WritableStream({ write: (item) => void items.push(item) })),
      async (consumer: ReturnType<typeof ends>['consumer'], items: number[]) => {
        for await (const item of nodeReadable(consumer)) items.push(item)
      },
    ]) {
      const { producer, consumer, queue } = ends()
      producer.pushMany(Int32Array.of(1, 2))
      const items: number[] = []
      const read = toArray(consumer, items)
      await pause(1)
      if (end === 'fail') producer.fail(enough)
      else queue.abandon('producer')
      await t.throwsAsync(read, { code })
      t.deepEqual(items, [1, 2])
    }
  }
})

test('the close or death of the consumer is the error of the writable', async (t) => {
  for (const [end, code] of [
    ['close', 'ERR_CLOSED'],
    ['die', 'ERR_PEER_DIED'],
  ] as const) {
    for (const write of [
      (producer: ReturnType<typeof ends>['producer']) =>
        new ReadableStream({ pull: (controller) => controller.enqueue(1) }).pipeTo(writableStream(producer)),
      (producer: ReturnType<typeof ends>['producer']) =>
        pipeline(async function* () {
          for (;;) yield 1
        }, nodeWritable(producer)),
    ]) {
      const { producer, consumer, queue } = ends()
      const written = write(producer)
      await pause(1)
      if (end === 'close') consumer.close()
      else queue.abandon('consumer')
      await t.throwsAsync(written, { code })
      t.true(producer.closed)
    }
  }
})

test('node: bytes go through in chunks, empty ones too', async (t) => {
  const queue = createQueue({ capacity: 64, type: frames() })
  const chunks = [[], [1, 2, 3], [], [], [4], new Array(60).fill(5), []].map((bytes) => Uint8Array.from(bytes))
  const written = pipeline(Readable.from(chunks), nodeWritable(queue.producer(), { objectMode: false }))
  const bytes: number[] = []
  for await (const chunk of nodeReadable(queue.consumer(), { objectMode: false })) bytes.push(...chunk)
  await written
  t.deepEqual(
    bytes,
    chunks.flatMap((chunk) => [...chunk]),
  )
})

test('node: text that is written goes through as bytes', async (t) => {
  const queue = createQueue({ capacity: 64, type: frames() })
  nodeWritable(queue.producer(), { objectMode: false }).end('né')
  const readable = nodeReadable(queue.consumer(), { objectMode: false, encoding: 'utf8' })
  const text: string[] = []
  for await (const chunk of readable) text.push(chunk)
  t.is(text.join(''), 'né')
})

test('node: an item that can not be pushed is the error of the writable, and the consumer is told', async (t) => {
  const queue = createQueue({ capacity: 8, type: frames() })
  const writable = nodeWritable(queue.producer(), { objectMode: false })
  const failed = once(writable, 'close')
  writable.write(new Uint8Array(5))
  await t.throwsAsync(failed, { code: 'ERR_OPTION', message: /item is 5 bytes/ })
  t.throws(() => queue.consumer().pop(), { code: 'ERR_PEER_FAILED', message: /item is 5 bytes/ })
})

test('null is an item of a web stream, and the error of a stream of Node, which can not have it', async (t) => {
  const values = [1, null, 2]
  const web = createQueue({ capacity: 64, type: json() })
  web.producer().pushMany(values)
  const reader = readableStream(web.consumer()).getReader()
  for (const value of values) t.deepEqual(await reader.read(), { done: false, value })

  const node = createQueue({ capacity: 64, type: json() })
  const producer = node.producer()
  producer.pushMany(values)
  const read = async () => {
    for await (const item of nodeReadable(node.consumer())) t.is(item, 1)
  }
  await t.throwsAsync(read, { code: 'ERR_OPTION', message: /an item is null.*; allowed: .+; use readableStream/ })
  t.throws(() => producer.push(1), { code: 'ERR_CLOSED' })
})

test('a signal that aborts a pipeline keeps no listener of ours', async (t) => {
  const abort = new AbortController()
  const { signal } = abort
  const { producer, consumer } = ends()
  await producer.pushAsync(1, { signal })
  const web = readableStream(consumer).pipeTo(new WritableStream(), { signal })
  await pause(1)
  producer.close()
  await web
  t.is(getEventListeners(signal, 'abort').length, 0)

  const other = ends(1)
  const piped = pipeline(nodeReadable(other.consumer), nodeWritable(ends(1).producer), { signal })
  await pause(1)
  abort.abort()
  await t.throwsAsync(piped, { name: 'AbortError' })
  t.is(getEventListeners(signal, 'abort').length, 0)
  t.true(other.consumer.ended)
})
