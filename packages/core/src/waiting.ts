import type { Supports } from './queue.js'
import type { Scenario } from './scenario.js'

const never = new Int32Array(new SharedArrayBuffer(4))

/** Gives the CPU away for `ms` milliseconds (fractions count). Not on a browser's main thread, which may not block. */
export function sleep(ms: number): void {
  Atomics.wait(never, 0, 0, ms)
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
