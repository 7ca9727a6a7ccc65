// Pipelines of the addon without the rest of the laboratory, and the threads of this process.
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTrace, parseScenario, planTrace, seededRandom } from '@spsc/core'

/** A pipeline of `backend`, its trace planned with a sample per `gap` items. */
export function startPipeline(backend, settings, { rows = 256, gap = 7 } = {}) {
  const trace = createTrace(rows)
  planTrace(trace, gap, seededRandom(1))
  const scenario = parseScenario('sanitized', settings)
  return backend.drive({ scenario, trace, seed: 1, placement: {}, signal: new AbortController().signal })
}

/** A phase of `ms` milliseconds with an item each `intervalUs`, all stamped. */
export function phase(ms, intervalUs = 0) {
  return { name: 'paced', durationNs: ms * 1e6, intervalNs: intervalUs * 1000, settleNs: 1000, stamped: true }
}

/** Kernel ids of the threads of this process. */
export function threads() {
  return readdirSync('/proc/self/task').map(Number)
}

/** Whether `condition` comes true before the deadline; the event loop goes on meanwhile. */
export async function eventually(condition, deadlineMs = 20_000) {
  const end = Date.now() + deadlineMs
  while (!condition()) {
    if (Date.now() > end) return false
    await sleep(5)
  }
  return true
}
