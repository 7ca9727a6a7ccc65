import { isUnavailable, type MeasuredRecord, type ResultRecord } from '@spsc/core'
import { firstPhaseOf } from './perf-stat.js'
import { schedOf, totalOf } from './sched.js'

/** The collectors that know how much CPU time the two threads used. */
export const CPU_SOURCES = ['sched', 'perf-stat'] as const
export type CpuSource = (typeof CPU_SOURCES)[number]

/** CPU-seconds of both threads in the first measured phase; `undefined` where the collector has none. */
export function cpuSeconds(record: MeasuredRecord, source: CpuSource): number | undefined {
  if (source === 'sched') {
    const phase = schedOf(record)
    const ns = phase === undefined ? undefined : totalOf(phase, 'run', ['cpu_ns'])
    return ns === undefined ? undefined : ns / 1e9
  }
  const phase = firstPhaseOf(record)
  if (phase === undefined || isUnavailable(phase)) return undefined
  const ms = phase.events.find(({ event }) => /^task-clock(:|$)/.test(event))?.value
  return typeof ms === 'number' ? ms / 1e3 : undefined
}

/** CPU-seconds of both threads for each delivered item; `undefined` where they were not measured. */
export function cpuPerItem(record: ResultRecord, source: CpuSource): number | undefined {
  if (record.status === 'failed' || record.delivered === 0) return undefined
  const seconds = cpuSeconds(record, source)
  return seconds === undefined ? undefined : seconds / record.delivered
}
