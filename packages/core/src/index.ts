export * from './certificate.js'
export * from './clock.js'
export * from './collected/certificate.js'
export * from './collected/histogram.js'
export * from './collected/javascript-thread.js'
export * from './collected/ledger.js'
export * from './collected/perf-stat.js'
export * from './collected/sched.js'
export * from './collected/tier.js'
export * from './collector.js'
export * from './comparison.js'
export * from './cpu-list.js'
export * from './derive.js'
export * from './errors.js'
export * from './faults.js'
export * from './fingerprint.js'
export * from './ground.js'
export {
  type Disturbance,
  INJECTORS,
  type Injection,
  type InjectionName,
  injectionsOf,
  NO_INJECTION,
} from './injections.js'
export type { LittlesLaw } from './littles-law.js'
export * from './max-rate.js'
export * from './offered.js'
export * from './pipeline.js'
export * from './placement.js'
export * from './plugin.js'
export * from './queue.js'
export * from './random.js'
export * from './record.js'
export * from './run.js'
export * from './scenario.js'
export * from './scenario-file.js'
export * from './trace.js'
