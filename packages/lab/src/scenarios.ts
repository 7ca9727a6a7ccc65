import type { ScenarioInput } from '@spsc/core'

/** The seed's scenarios: what each sets apart from core's defaults (1000 µs, capacity 64, nothing pinned). */
export const SCENARIOS: Readonly<Record<string, ScenarioInput & { readonly description: string }>> = {
  baseline: { description: '1000 µs between items, capacity 64, threads placed by the kernel' },
  affinity: { description: 'baseline with the consumer pinned to the last allowed CPU', pinConsumer: 'last' },
  'affinity-both': {
    description: 'baseline with the producer pinned to the first allowed CPU and the consumer to the last',
    pinProducer: 'first',
    pinConsumer: 'last',
  },
  'queue-cap-8': { description: 'baseline with capacity 8', queueCap: 8 },
}

/** Experiments: scenarios measured together. */
export const SUITES: Readonly<Record<string, { readonly description: string; readonly scenarios: readonly string[] }>> =
  {
    t000: {
      description: "the seed's first experiment: latency and throughput at 1000 µs",
      scenarios: ['baseline', 'affinity', 'queue-cap-8'],
    },
  }
