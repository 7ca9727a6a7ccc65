import type { Unavailable } from '@spsc/core'
import { readText } from '../kernel-files.js'
import { readByCpu } from './by-cpu.js'

/** What tasks did on one CPU since it came up, without those that are on it now. Interrupts on an idle CPU are no task's. */
export interface TaskTimes {
  readonly ran_ns: number
  /** How often one of them had left. */
  readonly timeslices: number
}

/** `root`/proc/schedstat by number of the CPU: Documentation/scheduler/sched-stats.rst, fields 7 and 9. */
export function readTaskTimes(root: string): ReadonlyMap<number, TaskTimes> | Unavailable {
  return readByCpu(root, '/proc/schedstat', 'a CPU', (fields) => {
    const [, , , , , , ran_ns = Number.NaN, , timeslices = Number.NaN] = fields
    return Number.isFinite(ran_ns) && Number.isFinite(timeslices) ? { ran_ns, timeslices } : undefined
  })
}

/**
 * Whether this machine's instructions are translated (QEMU without KVM). An interrupt, a wake-up and the way out of
 * idleness take hundreds of microseconds there, and nobody but the machine itself is to blame.
 */
export function isTranslated(root: string): boolean {
  const cpuinfo = readText(root, '/proc/cpuinfo')
  return typeof cpuinfo === 'string' && /^model name\s*:.*\bTCG\b/m.test(cpuinfo)
}
