import { type Unavailable, unavailable } from '@spsc/core'
import { readByCpu } from './by-cpu.js'
import { TICK_NS } from './ticks.js'

/** Times of one CPU since it came up, in nanoseconds, to a clock tick. */
export interface CpuTimes {
  readonly idle: number
  readonly steal: number
  /** Of every kind. */
  readonly total: number
}

/** `root`/proc/stat by number of the CPU. */
export function readCpuTimes(root: string): ReadonlyMap<number, CpuTimes> | Unavailable {
  return readByCpu(root, '/proc/stat', 'a single CPU', (ticks) => {
    const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = Number.NaN] = ticks.map(
      (count) => count * TICK_NS,
    )
    const total = user + nice + system + idle + iowait + irq + softirq + steal
    return { idle: idle + iowait, steal, total }
  })
}

/** What a CPU did in a window, in nanoseconds. */
export interface CpuUse {
  readonly cpu: number
  readonly busy_ns: number
  readonly steal_ns: number
}

/** Largest error of a busy time: idle, iowait and steal are cut to a tick each. */
export const BUSY_ERROR_NS = 3 * TICK_NS
/** The same of a stolen time. */
export const STEAL_ERROR_NS = TICK_NS

/** Below this share of the wall time the kernel, or what stands in for it, can't be counting. */
const COUNTED_SHARE = 0.5

/**
 * Busy is the wall time without idle, iowait and steal: the kernel measures idleness from entry to exit where its tick
 * may stop (CONFIG_NO_HZ), but guesses user and system time by who is there at a tick, and whoever wakes by a timer right
 * after each tick is then there too often or never. For a thread that spun 0.02 ms after each sleep of 1 ms, for 5 s, the
 * first gave 1.2 times its CPU time, with the kernel's own work at each wake-up in it, the second 0.6 times (Linux 6.18).
 *
 * @param leastShare of the wall time that must be counted
 */
export function useOfCpu(
  cpu: number,
  before: CpuTimes,
  after: CpuTimes,
  wallNs: number,
  leastShare = COUNTED_SHARE,
): CpuUse | Unavailable {
  const total = after.total - before.total
  const steal_ns = after.steal - before.steal
  if (Number.isNaN(total)) return unavailable('/proc/stat tells no steal time; it takes Linux 2.6.11')
  if (total + BUSY_ERROR_NS < leastShare * wallNs) {
    return unavailable(`/proc/stat accounts for ${Math.round((100 * total) / wallNs)} % of the time of CPU ${cpu}`)
  }
  const busy_ns = Math.max(0, wallNs - (after.idle - before.idle) - steal_ns)
  return { cpu, busy_ns, steal_ns }
}
