import { type Collector, type Fault, parseScenario, type QueueBackend, type ScenarioInput } from '@spsc/core'
import { type Measurement, runReplicate, type Stage } from '@spsc/core/driver'
import { rowsCollector } from './rows.js'

/** Far above what a replicate of these tests takes: it only ends one that would hang. */
const PATIENCE_MS = 120_000

interface Options {
  readonly collectors?: readonly Collector[]
  readonly seed?: number
  readonly faults?: readonly Fault[]
  readonly signal?: AbortSignal
  readonly onStage?: (stage: Stage) => void
}

/** One short replicate, 0.2 s measured unless the settings say otherwise. */
export function measure(backend: QueueBackend, settings: ScenarioInput, options: Options = {}): Promise<Measurement> {
  const {
    collectors = [],
    seed = 1,
    faults = [],
    signal = AbortSignal.timeout(PATIENCE_MS),
    onStage = () => {},
  } = options
  const scenario = parseScenario('test', { duration: 0.2, warmup: 0, ...settings })
  return runReplicate({ backend, scenario, collectors, seed, faults }, { signal, onStage })
}

/** The same with the rows of the trace. */
export async function trace(backend: QueueBackend, settings: ScenarioInput, options: Options = {}) {
  const { collector, rows } = rowsCollector()
  const measured = await measure(backend, settings, { ...options, collectors: [collector] })
  return { measured, rows }
}
