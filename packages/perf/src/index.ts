export * from './perf-stat/check-events.js'
export { type PerfStatOptions, perfStat } from './perf-stat/collector.js'
export { DEFAULT_EVENTS } from './perf-stat/events.js'
