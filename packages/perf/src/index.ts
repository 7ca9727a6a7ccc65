export { type SchedOptions, sched } from './sched/collector.js'
