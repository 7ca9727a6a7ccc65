import { isUnavailable, type MeasuredRecord, type PerfStatEvent } from '@spsc/core'
import { sum } from 'simple-statistics'
import { cpuSeconds } from './cpu-time.js'
import { fixed } from './format.js'
import { firstPhaseOf } from './perf-stat.js'
import { schedOf, totalOf } from './sched.js'

/** Context switches of both threads in the first measured phase, with what they can be divided by. */
export interface Switches {
  readonly count: number
  readonly wallS: number
  /** Of both threads. */
  readonly cpuS: number | undefined
  /** Delivered. */
  readonly items: number
}

function countOf(events: readonly PerfStatEvent[], pattern: RegExp): number | undefined {
  const value = events.find(({ event }) => pattern.test(event))?.value
  return typeof value === 'number' ? value : undefined
}

/** As `perf-stat` counted them; `undefined` where it was not there, or could not. */
export function perfSwitches(record: MeasuredRecord): Switches | undefined {
  const phase = firstPhaseOf(record)
  if (phase === undefined || isUnavailable(phase)) return undefined
  // With `:u` perf counts in user space only, where no switch happens.
  const count = countOf(phase.events, /^(context-switches|cs)$/)
  if (count === undefined) return undefined
  return { count, wallS: phase.window_ns / 1e9, cpuS: cpuSeconds(record, 'perf-stat'), items: record.delivered }
}

/** The same as the kernel counted them, by the `sched` collector. */
export function schedSwitches(record: MeasuredRecord): Switches | undefined {
  const phase = schedOf(record)
  if (phase === undefined) return undefined
  const count = totalOf(phase, 'switches', ['voluntary', 'involuntary'])
  if (count === undefined) return undefined
  return { count, wallS: phase.wall_ns / 1e9, cpuS: cpuSeconds(record, 'sched'), items: phase.delivered }
}

/**
 * Totals over replicates by one another, as in the block of perf's counts.
 *
 * @param found of at least one replicate
 *
 * @example
 * switchesText([{ count: 9253, wallS: 10.01, cpuS: 0.44, items: 4470 }])
 * // '924 per wall second, 21030 per CPU-second, 2.07 per item'
 */
export function switchesText(found: readonly Switches[]): string {
  const count = sum(found.map((switches) => switches.count))
  const per = (words: string, key: 'wallS' | 'cpuS' | 'items', decimals: number) => {
    const parts = found.map((switches) => switches[key]).filter((part) => part !== undefined)
    const divisor = parts.length < found.length ? 0 : sum(parts)
    return divisor > 0 ? [`${fixed(count / divisor, decimals)} ${words}`] : []
  }
  return [
    ...per('per wall second', 'wallS', 0),
    ...per('per CPU-second', 'cpuS', 0),
    ...per('per item', 'items', 2),
  ].join(', ')
}
