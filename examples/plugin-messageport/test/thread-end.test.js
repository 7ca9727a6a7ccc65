import assert from 'node:assert/strict'
import test from 'node:test'
import { Worker } from 'node:worker_threads'
import backend from '../index.js'

/** Runs `code`, which has `attach` and `workerData`, in a thread that is given one end. */
function inThread(queue, role, code) {
  const { handle, transferList } = queue.transfer(role)
  const program = `
    const { workerData } = require('node:worker_threads')
    import(${JSON.stringify(backend.module)}).then(async ({ default: { attach } }) => { ${code} })`
  return new Worker(program, { eval: true, workerData: handle, transferList })
}

const limit = { timeoutMs: 10_000 }

test('a consumer that waits gets what a thread sent before it ended, then the end of the stream', async () => {
  const queue = backend.create({ capacity: 4 })
  const consumer = queue.consumer()
  const thread = inThread(
    queue,
    'producer',
    'const producer = attach(workerData).producer(); producer.tryPush(1); producer.tryPush(2); process.exit()',
  )
  assert.equal(await consumer.popAsync(limit), 1)
  assert.equal(await consumer.popAsync(limit), 2)
  assert.equal(await consumer.popAsync(limit), undefined)
  assert.equal(consumer.closed, true)
  await thread.terminate()
})

test('a producer that waits for room is refused when the thread of the consumer ends', async () => {
  const queue = backend.create({ capacity: 1 })
  const producer = queue.producer()
  producer.tryPush(1)
  const thread = inThread(queue, 'consumer', 'attach(workerData).consumer(); setTimeout(() => process.exit(), 50)')
  await assert.rejects(producer.pushAsync(2, limit), { code: 'ERR_CLOSED' })
  await thread.terminate()
})

test('waiting ends with the reason of an aborted signal, and no item is lost', async () => {
  const queue = backend.create({ capacity: 1 })
  const [producer, consumer] = [queue.producer(), queue.consumer()]
  const reason = new Error('enough')
  const aborting = () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(reason), 5)
    return { ...limit, signal: controller.signal }
  }
  await assert.rejects(consumer.popAsync(aborting()), reason)
  assert.equal(producer.tryPush(1), true)
  await assert.rejects(producer.pushAsync(2, aborting()), reason)
  assert.equal(await consumer.popAsync(limit), 1)
  assert.equal(await producer.pushAsync(3, limit), true)
  assert.equal(await consumer.popAsync(limit), 3)
})
