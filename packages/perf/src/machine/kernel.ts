import { type Unavailable, unavailable } from '@spsc/core'
import { derive, readInteger, readMatch, readText } from '../kernel-files.js'

/** Settings of the kernel that decide how soon a thread runs, and what may be watched. */
export interface Kernel {
  readonly release: string | Unavailable
  /** `none`, `voluntary`, `full`, `lazy` or `realtime`. */
  readonly preemption: string | Unavailable
  readonly clock_source: string | Unavailable
  /** How late a sleep of this process may end so that wake-ups can be put together, in nanoseconds. */
  readonly timer_slack_ns: number | Unavailable
  /**
   * What a user without privileges may watch with perf, from -1 (all) to 2 (own processes, outside the kernel);
   * distributions add 3 and 4 (nothing).
   *
   * @see https://docs.kernel.org/admin-guide/sysctl/kernel.html#perf-event-paranoid
   */
  readonly perf_event_paranoid: number | Unavailable
  /** Whether this process is exempt from that: it has CAP_PERFMON or CAP_SYS_ADMIN. */
  readonly may_watch_all: boolean | Unavailable
}

const CAP_SYS_ADMIN = 21n
const CAP_PERFMON = 38n

/** One file names all modes, the present one in parentheses; the command line may have chosen it, the build fixes others. */
function preemption(root: string): string | Unavailable {
  const present = readMatch(root, '/sys/kernel/debug/sched/preempt', /\((\w+)\)/, 'the mode of preemption')
  if (typeof present === 'string') return present
  return derive(readText(root, '/proc/version'), (version) => {
    if (version.includes('PREEMPT_RT')) return 'realtime'
    if (version.includes('PREEMPT_DYNAMIC')) {
      const chosen = readMatch(root, '/proc/cmdline', /\bpreempt=(\w+)/, 'the mode of preemption')
      if (typeof chosen === 'string') return chosen
      return unavailable(`set when the kernel starts, or later: ${present.unavailable}`)
    }
    if (/\bPREEMPT\b/.test(version)) return 'full'
    return unavailable('the kernel is not built for full preemption; none and voluntary look alike')
  })
}

function mayWatchAll(root: string): boolean | Unavailable {
  const effective = readMatch(root, '/proc/self/status', /^CapEff:\s*([0-9a-f]+)$/m, 'the capabilities')
  return derive(effective, (hex) => {
    const capabilities = BigInt(`0x${hex}`)
    return [CAP_SYS_ADMIN, CAP_PERFMON].some((capability) => ((capabilities >> capability) & 1n) === 1n)
  })
}

/** @param root of the file tree that holds /proc and /sys */
export function readKernel(root = '/'): Kernel {
  return {
    release: readText(root, '/proc/sys/kernel/osrelease'),
    preemption: preemption(root),
    clock_source: readText(root, '/sys/devices/system/clocksource/clocksource0/current_clocksource'),
    timer_slack_ns: readInteger(root, '/proc/self/timerslack_ns'),
    perf_event_paranoid: readInteger(root, '/proc/sys/kernel/perf_event_paranoid'),
    may_watch_all: mayWatchAll(root),
  }
}
