export * from './comparison/bounds.js'
export * from './comparison/compare-rows.js'
export * from './comparison/plan.js'
export * from './diagnosis/index.js'
export * from './lab.js'
export {
  DEFAULT_RATES,
  type MaxRateOptions,
  type MaxRatePlan,
  MaxRateSearch,
  maxSteps,
  planMaxRate,
} from './max-rate.js'
export * from './pinning.js'
export * from './plan.js'
export * from './rate-search.js'
export { DEFAULT_GRACE_S } from './replicate-process.js'
export type { CollectorChoice } from './replicate-protocol.js'
export { isAlive } from './run-lock.js'
export * from './scenarios.js'
export * from './slo.js'
export * from './store.js'
