import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { create, PROGRESS } from './cases.js'

/** The progress of a consumer, looked at now and then; rejects where for `patienceMs` there is none. */
function watch(shared, patienceMs, stop) {
  return new Promise((_, reject) => {
    let [seen, since] = [0, performance.now()]
    const timer = setInterval(() => {
      const now = Atomics.load(shared, PROGRESS)
      if (now !== seen) [seen, since] = [now, performance.now()]
      else if (performance.now() - since > patienceMs) reject(new Error(`nothing has arrived for ${patienceMs} ms`))
    }, 100)
    stop.addEventListener('abort', () => clearInterval(timer))
  })
}

/**
 * Sends `count` numbered items from one worker thread to another. Where for `patienceMs` nothing arrives, a thread sleeps
 * that should not.
 *
 * @returns items that arrived, and what is wrong, if anything
 */
export async function send(stream, count, patienceMs) {
  const queue = create(stream)
  const shared = new Int32Array(new SharedArrayBuffer(8))
  const workers = ['producer', 'consumer'].map(
    (end) =>
      new Worker(new URL('./worker.js', import.meta.url), {
        workerData: { end, stream, work: { handle: queue.handle, count, shared } },
        execArgv: [],
      }),
  )
  const over = new AbortController()
  try {
    const ends = Promise.all(workers.map(async (worker) => (await once(worker, 'message'))[0]))
    const [sent, { arrived, sum }] = await Promise.race([ends, watch(shared, patienceMs, over.signal)])
    return { arrived, wrong: wrongOf(stream, count, { sent, arrived, sum, stats: queue.stats?.() }) }
  } catch (error) {
    return { arrived: 0, wrong: error.message }
  } finally {
    over.abort()
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
}

/** What does not add up between the two ends and what the queue has counted. */
function wrongOf({ onFull = 'block' }, count, { sent, arrived, sum, stats }) {
  const { popped, pushed, dropped, overwritten } = stats ?? { popped: count, pushed: count, dropped: 0, overwritten: 0 }
  if (popped !== arrived) return `${popped} counted as popped, ${arrived} arrived`
  if (pushed !== arrived + overwritten || pushed + dropped !== count) {
    return `of ${count}: ${pushed} pushed, ${dropped} dropped, ${overwritten} overwritten, ${arrived} arrived`
  }
  if (onFull !== 'block') return undefined
  if (arrived !== count) return `${count} sent, ${arrived} arrived`
  return sent === sum ? undefined : `sums differ: ${sent} sent, ${sum} arrived`
}
