import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createGate, open } from './gate.js'
import { pin } from './pin.js'

const DEADLINE_MS = 60_000

/** Sum of 0 … items - 1 modulo 2^32, as the consumers compute it. */
function expectedSum(items) {
  return Number(BigInt.asIntN(32, (BigInt(items) * BigInt(items - 1)) / 2n))
}

/**
 * A queue to measure, one per file in `peers/`:
 *
 *   name                                          as the table calls it
 *   create(capacity)                              a handle that can be posted to the workers
 *   producer(handle) -> (from, to) => void        pushes the integers from … to - 1, spinning while full
 *   consumer(handle) -> (from, to) => sum         pops them, throws where one is out of order, sums modulo 2^32
 *   itemsShare                                    optional: which part of the usual items makes a sample
 */
export async function loadPeer(url) {
  return { url: url.href, ...(await import(url)).default }
}

/**
 * Runs `items` through a fresh queue of the peer between two fresh workers, after a tenth of them as warm-up.
 *
 * @param cpus where to pin producer and consumer; empty: nowhere
 * @returns throughput in items per second, and the CPUs' word round trip in nanoseconds at that moment
 */
export async function sample(peer, { capacity, items, cpus }) {
  const count = Math.round(items * (peer.itemsShare ?? 1))
  const handle = peer.create(capacity)
  const gate = createGate()
  const workers = ['producer', 'consumer'].map(
    (role) =>
      new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { peer: peer.url, role, handle, gate, items: count, warmup: Math.round(count / 10) },
      }),
  )
  const signal = AbortSignal.timeout(DEADLINE_MS)
  const message = async (worker) => (await once(worker, 'message', { signal }))[0]
  try {
    const ready = await Promise.all(workers.map(message))
    ready.forEach(({ tid }, end) => {
      if (cpus.length > 0) pin(tid, cpus[end])
    })
    const ended = Promise.all(workers.map(message))
    open(gate)
    const [producer, consumer] = await ended
    if (consumer.sum !== expectedSum(count)) throw new Error(`checksum ${consumer.sum}, not ${expectedSum(count)}`)
    return {
      perSecond: count / (Number(consumer.end - producer.start) / 1e9),
      roundTripNs: producer.roundTripNs,
    }
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}
