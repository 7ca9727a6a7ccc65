import { readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { isUnavailable, type Thread, type Unavailable, unavailable } from './pipeline.js'
import type { Scenario } from './scenario.js'

// What the kernel knows of the calling thread. All of it is Linux's; elsewhere each figure says that it is not there.

/** The kernel's id of the calling thread, by which others pin or watch it. */
export function kernelThreadId(): Thread['tid'] {
  try {
    return Number(readlinkSync('/proc/thread-self').split('/').at(-1))
  } catch {
    return unavailable('no /proc/thread-self on this system')
  }
}

/** Nanoseconds the calling thread has been ready to run without a CPU, since it began: proc(5), schedstat. */
export function runDelayNs(): number | Unavailable {
  let text: string
  try {
    text = readFileSync('/proc/thread-self/schedstat', 'utf8')
  } catch {
    return unavailable('no /proc/thread-self/schedstat on this system')
  }
  const [ranNs = 0, delayNs = 0] = text.split(' ').map(Number)
  // A thread that reads this has run: the kernel shows zeros where it is built or booted without these statistics.
  return ranNs === 0 ? unavailable('the kernel keeps no schedstat') : delayNs
}

/** What has come to {@link runDelayNs} since it was `before`. */
export function runDelaySince(before: number | Unavailable): number | Unavailable {
  if (isUnavailable(before)) return before
  const now = runDelayNs()
  return isUnavailable(now) ? now : now - before
}

/**
 * Sets how late the kernel may end the calling thread's sleeps to save wake-ups, and reads what it is then: nanoseconds.
 * `default` leaves what the thread was born with, 50 µs as a rule. A thread may set its own without any privilege.
 */
export function setTimerSlack(slack: Scenario['timerSlack']): number | Unavailable {
  const tid = kernelThreadId()
  if (isUnavailable(tid)) return tid
  const path = `/proc/${tid}/timerslack_ns`
  try {
    if (slack !== 'default') writeFileSync(path, String(slack), { flag: 'r+' })
  } catch {
    // What it is in spite of that is read below, and the driver compares.
  }
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return unavailable('no timerslack_ns in /proc on this system')
  }
}
