export { type SchedOptions, sched } from './sched/sched-collector.js'
