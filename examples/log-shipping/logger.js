import { Worker } from 'node:worker_threads'
import { createQueue, frames } from '@spsc/queue-sab'
import { nodeWritable } from '@spsc/queue-sab/node'

/**
 *   this thread  -- lines, as frames -->  write.js, which appends them to a file
 *                <-- how many, at the end --
 *
 * @param {{ file: string, capacity?: number, onFull?: import('@spsc/queue-sab').OnFull }} options `capacity` in bytes;
 *   by default a line that finds the queue full is dropped and counted, and nothing waits
 */
export function createLogger({ file, capacity = 1 << 18, onFull = 'drop-newest' }) {
  const lines = createQueue({ capacity, type: frames(), onFull })
  const written = createQueue({ capacity: 1, type: 'f64' })
  const worker = new Worker(new URL('./write.js', import.meta.url), {
    workerData: { file, lines: lines.handle, written: written.handle },
  })
  // What it has to do is waited for by close(), not by the event loop.
  worker.unref()
  worker.once('exit', () => {
    lines.abandon('consumer')
    written.abandon('producer')
  })
  const producer = lines.producer()
  const answer = written.consumer()
  const encoder = new TextEncoder()
  let counts

  return {
    /** Never waits, unless the policy is `block`; `false`: dropped, or no room for 10 s. */
    log(line) {
      const bytes = encoder.encode(`${line}\n`)
      return onFull === 'block' ? producer.push(bytes, 10_000) : producer.tryPush(bytes)
    },

    /** For a thread that is about to compute for long: the lines so far are visible to the other one from now on. */
    flush() {
      producer.flush()
    },

    /** Whatever writes to a stream of Node can log: a Console, a pipeline, the output of a child process. */
    stream() {
      return nodeWritable(producer, { objectMode: false })
    },

    /** Waits until all lines are in the file. Needs no event loop, so it can be called as the process exits. */
    close(timeoutMs = 10_000) {
      if (counts !== undefined) return counts
      producer.close()
      const count = answer.pop(timeoutMs)
      if (count === undefined) throw new Error(`${file} was not finished in ${timeoutMs} ms`)
      counts = { written: count, dropped: lines.stats().dropped }
      return counts
    },
  }
}
