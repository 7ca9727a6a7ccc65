import type { ScenarioInput } from '@spsc/core'
import type { ScenarioMatrix } from './plan.js'

/** The seed's scenarios: what each sets apart from core's defaults (1000 µs, capacity 64, nothing pinned). */
export const SCENARIOS: Readonly<Record<string, ScenarioInput & { readonly description: string }>> = {
  baseline: { description: '1000 µs between items, capacity 64, threads placed by the kernel' },
  affinity: { description: 'baseline with the consumer pinned to the last allowed CPU', pinConsumer: 'last' },
  'affinity-producer': {
    description: 'baseline with the producer pinned to the first allowed CPU',
    pinProducer: 'first',
  },
  'affinity-both': {
    description: 'baseline with the producer pinned to the first allowed CPU and the consumer to the last',
    pinProducer: 'first',
    pinConsumer: 'last',
  },
  'queue-cap-8': { description: 'baseline with capacity 8', queueCap: 8 },
}

/** Scenarios measured together, and how. What a command line gives goes over it. */
export interface Suite {
  readonly description: string
  /** Names of {@link SCENARIOS}. */
  readonly scenarios: readonly string[]
  /** Over the settings of each scenario; lists make a matrix. */
  readonly settings?: ScenarioMatrix['settings']
  /** Fresh processes per cell; absent: one. */
  readonly replicates?: number
  /** Names of collectors; absent: whatever is the default. */
  readonly collectors?: readonly string[]
}

/** Experiments: the seed's three, in its order. */
export const SUITES: Readonly<Record<string, Suite>> = {
  t000: {
    description: "the seed's first experiment: latency and throughput at 1000 µs",
    scenarios: ['baseline', 'affinity', 'queue-cap-8'],
  },
  t001: {
    description: "the seed's hunt: each end pinned, capacity 64 and 8, 1000 µs and flat out",
    scenarios: ['baseline', 'affinity', 'affinity-producer', 'affinity-both'],
    settings: { prodIntervalUs: [1000, 0], queueCap: [64, 8] },
    replicates: 5,
    collectors: ['histogram', 'perf-stat'],
  },
  t002: {
    description: "the seed's next step: 0 to 64 KiB of work per item, pinned and not",
    scenarios: ['baseline', 'affinity', 'affinity-both'],
    settings: { workBytes: [0, 256, 4096, 16_384, 65_536] },
    replicates: 5,
  },
}
