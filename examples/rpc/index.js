// node index.js [calls]
import { Worker } from 'node:worker_threads'
import { createDuplex } from '@spsc/queue-sab'
import { client, messages } from './rpc.js'

const calls = Number(process.argv[2] ?? 50_000)
if (!Number.isSafeInteger(calls) || calls < 1) throw new Error('calls: a whole number from 1')
const IN_FLIGHT = 64

const connection = createDuplex({ capacity: 65_536, type: messages })
const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: connection.handle })
// However the thread ends, the calls that it leaves are rejected.
worker.once('exit', () => connection.abandon())

/** @type {import('./rpc.js').Client<typeof import('./worker.js').handlers>} */
const api = client(connection)

console.log(`1 + 2 = ${await api.add(1, 2)}`)
console.log(await api.mean([]).catch((error) => `mean of nothing: ${error.name}, ${error.message}`))

// Each of these has one call on the way at any time.
let next = 0
let sum = 0
const begin = performance.now()
const callers = Array.from({ length: IN_FLIGHT }, async () => {
  while (next < calls) {
    const result = await api.add(next++, 1)
    sum += result
  }
})
await Promise.all(callers)
const seconds = (performance.now() - begin) / 1000
console.log(`${calls} calls, ${IN_FLIGHT} in flight: ${Math.round(calls / seconds / 1000)} k/s, sum ${sum}`)

const lost = [api.sleep(600_000), api.sleep(600_000), api.sleep(600_000)]
await api.add(0, 0)
await worker.terminate()
for (const call of lost) await call.catch((error) => console.log(`a call that the thread left: ${error.code}`))
