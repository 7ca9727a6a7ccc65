import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Kind } from './kinds.js'
import type { actions } from './workers/actions.js'

const DEADLINE_MS = 30_000

type Actions = typeof actions

/** Runs one action of `workers/actions.js` on the queue in a thread of its own. */
export async function inWorker<Name extends keyof Actions>(
  kind: Kind,
  handle: SharedArrayBuffer,
  name: Name,
  argument: Parameters<Actions[Name]>[1],
): Promise<ReturnType<Actions[Name]>> {
  const worker = new Worker(new URL('./workers/run.js', import.meta.url), {
    workerData: { kind: kind.name, handle, name, argument },
  })
  try {
    const [result] = await once(worker, 'message', { signal: AbortSignal.timeout(DEADLINE_MS) })
    return result
  } finally {
    await worker.terminate()
  }
}

/** Resolves once the other thread's end sleeps in shared memory, so that what follows must wake it. */
export async function untilAsleep(kind: Kind, handle: SharedArrayBuffer, end: 'producer' | 'consumer'): Promise<void> {
  const words = new Int32Array(handle)
  const { word, mask } = kind.asleep[end]
  for (const deadline = Date.now() + DEADLINE_MS; (Atomics.load(words, word) & mask) === 0; ) {
    if (Date.now() > deadline) throw new Error(`the ${end} never slept`)
    await pause(1)
  }
}
