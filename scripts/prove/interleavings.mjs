import { loadProgram } from '../../packages/queue-sab/test/loom/program.js'
import { QUICK, THOROUGH } from '../../packages/queue-sab/test/loom/runs.js'

export const title = 'Every order of the steps of two threads, by @spsc/loom, of queue-sab as it ships'

/** A search that takes longer, on a machine that does other things too, is given up and has failed. */
const MOST_MS = 120_000

export async function* rows() {
  const program = await loadProgram()
  for (const run of [...QUICK, ...THOROUGH]) {
    const { title, executions, complete, failure, ms } = program.explore(run, { maxMs: MOST_MS })
    const bound = run.preemptions
    const extent = !complete ? 'given up' : bound === undefined ? 'complete' : `${bound} preempt.`
    const detail = failure && `${failure.kind}: ${failure.message}\n${failure.trace}\nschedule ${failure.schedule}`
    yield { what: title, runs: executions, extent, ok: complete && !failure, ms, detail }
  }
}
