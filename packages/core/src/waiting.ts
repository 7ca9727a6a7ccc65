import { SpscError } from './errors.js'
import type { Supports } from './queue.js'
import type { Scenario } from './scenario.js'

const never = new Int32Array(new SharedArrayBuffer(4))

/**
 * Gives the CPU away for `ms` milliseconds (fractions count).
 *
 * @throws `ERR_CAPABILITY` where the thread may not block
 */
export function sleep(ms: number): void {
  try {
    Atomics.wait(never, 0, 0, ms)
  } catch (cause) {
    throw new SpscError(
      'ERR_CAPABILITY',
      'waiting',
      "this thread may not block (a page's main thread, a worklet, a service worker); allowed: the try, batch and async verbs; wait in a worker",
      { cause },
    )
  }
}

/** Whether this thread may block. */
export function mayBlock(): boolean {
  try {
    sleep(0)
    return true
  } catch {
    return false
  }
}

/** The shortest sleep there is, since JavaScript can't give a time slice away. The kernel makes it ~55 µs. */
const YIELD_MS = 0.001

/** What an end does between two tries when it neither blocks nor is woken. */
export function pauseFor(wait: Scenario['wait']): () => void {
  return wait === 'spin' ? () => {} : () => sleep(YIELD_MS)
}

/** Whether a queue's ends wait on their event loops: it can be woken no other way. */
export function waitsOnEventLoop({ wait }: Pick<Scenario, 'wait'>, { block, async }: Supports): boolean {
  return wait === 'block' && !block && async === true
}
