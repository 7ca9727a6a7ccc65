import {
  type AllowedCpus,
  type Contamination,
  isUnavailable,
  type SchedPhase,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { BUSY_ERROR_NS, STEAL_ERROR_NS } from './cpu-times.js'

/** Share of a thread's CPUs that others may use. Far above what an idle machine's daemons and interrupts take. */
export const MAX_FOREIGN_SHARE = 0.1
/** Share that a hypervisor may withhold. What happens in more than 1 % of the time is in the p99. */
export const MAX_STEAL_SHARE = 0.01
/** Share of the time in which others than our two threads may wait for a CPU. */
export const MAX_PRESSURE_SHARE = 0.1

type Judged = Pick<SchedPhase, 'wall_ns' | 'threads' | 'pressure'>

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/**
 * Time in which some task waited for a CPU, without that in which one of ours did: two threads pinned to one CPU keep
 * each other waiting, and that is the scenario. A lower bound, since both may wait at once.
 */
function foreignPressure({ wall_ns, threads, pressure }: Judged): number | Unavailable {
  if (isUnavailable(pressure)) return pressure
  let ns = pressure.some_ns
  for (const { run } of [threads.producer, threads.consumer]) {
    if (isUnavailable(run)) return run
    ns -= run.run_delay_ns
  }
  return Math.max(0, ns) / wall_ns
}

/** What is wrong with the CPUs of a thread. */
function judgeCpus({ foreign_share, steal_share, cpus }: AllowedCpus, wallNs: number): string[] {
  const where = `of CPU ${cpus.join(', ')}`
  const reasons: string[] = []
  if (foreign_share - BUSY_ERROR_NS / wallNs > MAX_FOREIGN_SHARE) {
    reasons.push(`foreign CPU ${percent(foreign_share)} ${where} (allowed: ${percent(MAX_FOREIGN_SHARE)})`)
  }
  if (steal_share - STEAL_ERROR_NS / wallNs > MAX_STEAL_SHARE) {
    reasons.push(`steal ${percent(steal_share)} ${where} (allowed: ${percent(MAX_STEAL_SHARE)})`)
  }
  return reasons
}

/**
 * Judges a phase by three fixed thresholds, blind to the scenario. A share counts as over its threshold when it is so
 * beyond the clock ticks in which the kernel tells it.
 */
export function judge(phase: Judged): Contamination | Unavailable {
  const reasons: string[] = []
  const unjudged: string[] = []
  for (const [role, { allowed }] of Object.entries(phase.threads)) {
    if (isUnavailable(allowed)) unjudged.push(`foreign CPU and steal of the ${role}: ${allowed.unavailable}`)
    else reasons.push(...judgeCpus(allowed, phase.wall_ns))
  }
  const pressure = foreignPressure(phase)
  if (isUnavailable(pressure)) unjudged.push(`pressure: ${pressure.unavailable}`)
  else if (pressure > MAX_PRESSURE_SHARE) {
    reasons.push(`others waited for a CPU ${percent(pressure)} of the time (allowed: ${percent(MAX_PRESSURE_SHARE)})`)
  }
  if (unjudged.length === 3) return unavailable(unjudged.join('; '))
  // Threads that may use the same CPUs have the same neighbours.
  return { contaminated: reasons.length > 0, reasons: [...new Set(reasons)], unjudged }
}
