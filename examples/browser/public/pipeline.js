// Two Web Workers and a queue between them.
//
//   page      handle, shared words --> both workers
//   producer --------- queue --------> consumer --'ended'--> page
import { createQueue } from '/queue-sab/index.js'
import { CONSUMED, OUT_OF_ORDER, STOP, WORDS } from './shared.js'

/**
 * Starts both threads.
 *
 * @param {{ capacity: number, spans: boolean }} settings
 * @param {(error: Error) => void} onError a thread failed: the pipeline has stopped
 */
export function startPipeline({ capacity, spans }, onError) {
  const queue = createQueue({ capacity, type: 'i32' })
  const shared = new SharedArrayBuffer(WORDS * Int32Array.BYTES_PER_ELEMENT)
  const words = new Int32Array(shared)
  const producer = new Worker(new URL('./producer.js', import.meta.url), { type: 'module' })
  const consumer = new Worker(new URL('./consumer.js', import.meta.url), { type: 'module' })
  const workers = [producer, consumer]
  const terminate = () => {
    for (const worker of workers) worker.terminate()
  }
  const ended = new Promise((resolve) => {
    consumer.onmessage = resolve
  }).then(terminate)
  for (const worker of workers) {
    worker.onerror = (event) => {
      terminate()
      onError(new Error(event.message || 'its script could not be loaded'))
    }
    worker.postMessage({ handle: queue.handle, shared, spans })
  }
  let seen = 0
  return {
    capacity,
    /** The queue tells its size to any thread, also to one that has neither end. */
    get size() {
      return queue.size
    },
    get outOfOrder() {
      return Atomics.load(words, OUT_OF_ORDER)
    },
    /** Items consumed since the last call. */
    takeConsumed() {
      const now = Atomics.load(words, CONSUMED)
      const since = (now - seen) >>> 0
      seen = now
      return since
    },
    /** Ends the stream; resolves when the consumer has seen all of it. */
    stop() {
      Atomics.store(words, STOP, 1)
      return ended
    },
  }
}
