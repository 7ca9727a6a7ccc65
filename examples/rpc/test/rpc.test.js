import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import { attachDuplex, createDuplex } from '@spsc/queue-sab'
import { client, messages, serve } from '../rpc.js'

/** @typedef {import('../rpc.js').Client<typeof import('../worker.js').handlers>} Api */

/** @param {import('node:test').TestContext} t */
function start(t, capacity = 65_536) {
  const connection = createDuplex({ capacity, type: messages })
  const worker = new Worker(new URL('../worker.js', import.meta.url), { workerData: connection.handle })
  worker.once('exit', () => connection.abandon())
  t.after(() => worker.terminate())
  /** @type {Api} */
  const api = client(connection)
  return { api, connection, worker }
}

test('the example runs', () => {
  const program = fileURLToPath(new URL('../index.js', import.meta.url))
  const output = execFileSync(process.execPath, [program, '2000'], { encoding: 'utf8', timeout: 30_000 })
  assert.match(output, /^1 \+ 2 = 3\nmean of nothing: RangeError, no values\n/)
  assert.match(output, /2000 calls, 64 in flight: \d+ k\/s, sum 2001000\n/)
  assert.match(output, /(a call that the thread left: ERR_PEER_DIED\n){3}$/)
})

test('answers find their calls, in whatever order they come', { timeout: 30_000 }, async (t) => {
  const { api, connection, worker } = start(t)
  const slow = api.sleep(50)
  const sums = await Promise.all(Array.from({ length: 1000 }, (_, i) => api.add(i, i)))
  assert.deepEqual(
    sums,
    Array.from({ length: 1000 }, (_, i) => 2 * i),
  )
  assert.equal(await slow, 'slept for 50 ms')
  const exit = once(worker, 'exit')
  connection.close()
  await exit
  await assert.rejects(api.add(1, 1), { code: 'ERR_CLOSED' })
})

test('more calls than the queue holds wait for room', { timeout: 30_000 }, async (t) => {
  const { api } = start(t, 256)
  const sums = await Promise.all(Array.from({ length: 500 }, (_, i) => api.add(i, 1)))
  assert.equal(sums.at(-1), 500)
})

test('what can not be called or said rejects that call only', { timeout: 30_000 }, async (t) => {
  const connection = createDuplex({ capacity: 4096, type: messages })
  t.after(() => connection.close())
  const handlers = {
    fail() {
      throw Object.assign(new TypeError('no such file'), { code: 'ENOENT' })
    },
    big: () => 1n,
    echo: (/** @type {unknown} */ value) => value,
  }
  serve(attachDuplex(connection.handle, { type: messages }), handlers)
  /** @type {import('../rpc.js').Client<typeof handlers>} */
  const api = client(connection)
  await assert.rejects(api.fail(), { name: 'TypeError', message: 'no such file', code: 'ENOENT' })
  await assert.rejects(api.big(), { name: 'TypeError' })
  await assert.rejects(api.echo(1n), TypeError)
  await assert.rejects(api.echo('long'.repeat(2000)), { code: 'ERR_OPTION' })
  await assert.rejects(/** @type {any} */ (api).toString(), { message: 'there is no function called toString' })
  assert.equal(await api.echo('well'), 'well')
  assert.equal(await api.echo(undefined), null)
})

test('the death of the thread rejects all pending calls, and those after it', { timeout: 30_000 }, async (t) => {
  const { api, worker } = start(t)
  const lost = Array.from({ length: 100 }, () => api.sleep(600_000))
  await api.add(0, 0)
  await worker.terminate()
  for (const call of lost) await assert.rejects(call, { code: 'ERR_PEER_DIED' })
  await assert.rejects(api.add(0, 0), { code: 'ERR_PEER_DIED' })
})

/** Never run: what tsc must refuse. @param {Api} api */
export async function typesAreChecked(api) {
  /** @type {number} */
  const sum = await api.add(1, 2)
  /** @type {string} */
  const text = await api.sleep(1)
  // @ts-expect-error a string is no number
  await api.add('1', 2)
  // @ts-expect-error there is none
  await api.subtract(1, 2)
  return [sum, text]
}
