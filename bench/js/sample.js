import { MessageChannel, Worker } from 'node:worker_threads'
import { expectedSum } from './lib/check.js'
import { Gate } from './lib/gate.js'

const DEADLINE_MS = 60_000

/**
 * One configuration of one peer in one workload, a plain object. Its ends are called `producer` and `consumer`, or
 * `client` and `server`, as the workload says:
 *
 *   missing() => reason                  optional: why it can't run here; `undefined` where it can
 *   create(setup) => handle              optional: what both ends are to get
 *   producer(setup) => run               makes what moves items: `run(from, to)`, which may give a promise
 *   consumer(setup) => run               absent where the peer starts the other thread itself: see `hosted`
 *
 * Both get the workload's own settings, and `handle`; `port`, a MessagePort to the other end; and the leading one
 * `hosted`, which a thread that the peer starts hands to `follow` or `attend` in lib/end.js. A run of the end that
 * receives last checks the order, and gives the sum of what came modulo 2^32. Either end may be async.
 */

/**
 * Two fresh workers, warmed up within the sample.
 *
 * @param options.cpus for the leading and the following end; empty: not pinned
 * @param options.items how many to move; absent: as many as take about `options.seconds`
 * @param options.pingPongs round trips of the calibrator
 * @returns items, nanoseconds, and nanoseconds of a word's round trip between the two CPUs
 * @throws Error where something is lost, repeated, torn or out of order
 */
export async function sample(
  { peer, workload, configuration, entrant },
  { cpus, items, seconds, pingPongs, capacity },
) {
  const [leading, following] = workload.ends
  const gate = Gate.allocate()
  const places = [0, 1].map((end) => ({ gate, cpu: cpus[end], items, seconds, pingPongs }))
  const own = { ...workload.setup, capacity }
  const handle = entrant.create?.(own)
  const { port1, port2 } = new MessageChannel()
  const start = (end, place, port, more) =>
    new Worker(new URL('./worker.js', import.meta.url), {
      workerData: {
        ...own,
        peer: peer.url,
        workload: workload.family,
        configuration,
        end,
        place,
        handle,
        port,
        ...more,
      },
      transferList: [port],
    })
  const workers = [start(leading, places[0], port1, { leads: true, hosted: places[1] })]
  if (entrant[following]) workers.push(start(following, places[1], port2))
  const deadline = deadlineIn(DEADLINE_MS)
  try {
    const result = await Promise.race([...workers.map(outcome), deadline.passed])
    const sums = [result.sum, new Gate(gate).sum].filter((sum) => sum !== undefined)
    const expected = expectedSum(result.items)
    if (sums.length === 0) throw new Error('no end gave a sum')
    if (sums.some((sum) => sum !== expected)) throw new Error(`checksum ${sums}, not ${expected}`)
    return { items: result.items, ns: result.ns, roundTripNs: result.roundTripNs }
  } catch (error) {
    throw new Error(`${workload.name}, ${label({ peer, configuration })}: ${error.message}`, { cause: error })
  } finally {
    deadline.clear()
    await Promise.all(workers.map((worker) => worker.terminate()))
    port2.close()
  }
}

/** A row's name: `ringbuf.js, Uint8Array`. */
export function label({ peer, configuration }) {
  return configuration === '' ? peer.name : `${peer.name}, ${configuration}`
}

/** What the worker gives; the following end gives errors only. */
function outcome(worker) {
  return new Promise((resolve, reject) => {
    worker.once('message', (message) => (message.error ? reject(new Error(message.error)) : resolve(message)))
    worker.once('error', reject)
    worker.once('exit', (code) => reject(new Error(`a worker ended with exit code ${code}`)))
  })
}

/** A sample that has not ended; what it has moved until then may be right. */
export class Hung extends Error {}

function deadlineIn(ms) {
  let timer
  const passed = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Hung(`no result in ${ms / 1000} s`)), ms)
  })
  return { passed, clear: () => clearTimeout(timer) }
}
