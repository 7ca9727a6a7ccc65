import {
  type Collector,
  type Fault,
  parseScenario,
  type QueueBackend,
  type ScenarioInput,
  type Trace,
} from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'

/** Lends the trace to a test while it may be read. */
export function reading<Result>(read: (trace: Trace) => Result): Collector<Result> {
  let trace: Trace | undefined
  return {
    name: 'reading',
    start(run) {
      trace = run.trace
    },
    stop: () => read(trace as Trace),
  }
}

/** One short replicate, 0.1 s measured unless the settings say otherwise. */
export function measure(
  backend: QueueBackend,
  settings: ScenarioInput,
  collectors: Collector[] = [],
  seed = 1,
  faults: readonly Fault[] = [],
) {
  const scenario = parseScenario('test', { duration: 0.1, warmup: 0.02, ...settings })
  return runReplicate({ backend, scenario, collectors, seed, faults }, { signal: AbortSignal.timeout(30_000) })
}
