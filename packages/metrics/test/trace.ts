import { createTrace, parseScenario, planTrace, type RunContext, type ScenarioInput, type Trace } from '@spsc/core'

/** Times of one sampled item in nanoseconds; a time left out was not taken. */
export type Item = Partial<Record<'due' | 'sent' | 'pushed' | 'popped' | 'done', bigint>>

/** A trace with these rows filled from the top and room for more. */
export function traceOf(items: readonly Item[]): Trace {
  const trace = createTrace(items.length + 2)
  planTrace(trace, 1, () => 0)
  items.forEach((item, row) => {
    for (const [column, time] of Object.entries(item)) trace[column as keyof Item][row] = time
  })
  return trace
}

/** An item sent at `sent` that took `latency` from push to pop and was due at `due`. */
export function delivered(sent: bigint, latency: bigint, due = sent): Item {
  return { due, sent, pushed: sent + 1n, popped: sent + latency, done: sent + latency }
}

/** What a collector gets in `start`. */
export function runOf(trace: Trace, settings: ScenarioInput = {}): RunContext {
  const thread = { pid: 1, tid: 1 }
  const clock = { name: 'none', errorNs: 0, now: () => 0n }
  return { scenario: parseScenario('test', settings), producer: thread, consumer: thread, trace, clock }
}
