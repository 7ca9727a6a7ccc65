import type { Tier } from '@spsc/core'

/** The seed's list. */
export const DEFAULT_EVENTS =
  'task-clock,cycles,instructions,context-switches,cpu-migrations,cache-references,cache-misses,faults'

/** Software events of the kernel and perf's own tools: perf-list(1), `perf list sw`. */
const SOFTWARE = new Set([
  'alignment-faults',
  'bpf-output',
  'cgroup-switches',
  'context-switches',
  'cpu-clock',
  'cpu-migrations',
  'cs',
  'dummy',
  'duration_time',
  'emulation-faults',
  'faults',
  'major-faults',
  'migrations',
  'minor-faults',
  'page-faults',
  'system_time',
  'task-clock',
  'user_time',
])

/** These happen in the scheduler, which is kernel mode always: counted in user space only, they read 0 whatever happens. */
const IN_KERNEL_ONLY = new Set(['cgroup-switches', 'context-switches', 'cpu-migrations', 'cs', 'migrations'])

/** What may stand after an event's last colon, perf-list(1). A tracepoint (`sched:sched_switch`) has more there. */
const MODIFIERS = /:([ukhIGHpPSDWeb]+)$/

/** @example baseOf('faults:u') // 'faults' */
function baseOf(event: string): string {
  return event.replace(MODIFIERS, '')
}

/** A tracepoint is the kernel's software too; what is left is a counter of the processor. */
export function tierOf(event: string): Tier {
  const base = baseOf(event)
  return SOFTWARE.has(base) || base.includes(':') ? 'perf' : 'hardware'
}

function isUserOnly(event: string): boolean {
  const modifiers = MODIFIERS.exec(event)?.[1] ?? ''
  return modifiers.includes('u') && !modifiers.includes('k')
}

/** Whether a count of this event would be 0 whatever happens. */
export function cannotOccur(event: string): boolean {
  return isUserOnly(event) && IN_KERNEL_ONLY.has(baseOf(event))
}
