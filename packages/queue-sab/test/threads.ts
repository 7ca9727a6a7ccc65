import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import type { Kind } from './kinds.js'
import type { actions } from './workers/actions.js'

/** After so long, a thread that still sleeps has lost its wake-up. */
export const PATIENCE_MS = 30_000

type Actions = typeof actions

/**
 * Runs one action of `workers/actions.js` on the queue in a thread of its own. A thread that is late is terminated,
 * which also ends a sleep in Atomics.wait, and the promise rejects.
 */
export async function inWorker<Name extends keyof Actions>(
  kind: Kind,
  handle: SharedArrayBuffer,
  name: Name,
  argument: Parameters<Actions[Name]>[1],
  deadlineMs = PATIENCE_MS,
): Promise<ReturnType<Actions[Name]>> {
  const worker = new Worker(new URL('./workers/run.js', import.meta.url), {
    workerData: { kind: kind.name, handle, name, argument },
    // Else it loads tsx, which takes several times as long as the rest of its start.
    execArgv: [],
  })
  try {
    const [result] = await once(worker, 'message', { signal: AbortSignal.timeout(deadlineMs) })
    return result
  } catch (cause) {
    throw new Error(`no answer from the thread that should ${name}`, { cause })
  } finally {
    await worker.terminate()
  }
}

/** Resolves once the other thread's end sleeps in shared memory, so that what follows must wake it. */
export function untilAsleep(kind: Kind, handle: SharedArrayBuffer, end: 'producer' | 'consumer'): Promise<void> {
  const { word, mask } = kind.asleep[end]
  return untilSet(handle, word, mask)
}

/** Resolves a moment after a bit of `mask` is set in the word: it is set just before the sleep that it announces. */
export async function untilSet(handle: SharedArrayBuffer, word: number, mask: number): Promise<void> {
  const words = new Int32Array(handle)
  for (const deadline = Date.now() + PATIENCE_MS; (Atomics.load(words, word) & mask) === 0; ) {
    if (Date.now() > deadline) throw new Error('the other thread never slept')
    await pause(1)
  }
  await pause(20)
}
