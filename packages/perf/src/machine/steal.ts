import { setTimeout as delay } from 'node:timers/promises'
import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { derive, readMatch } from '../kernel-files.js'

/** Time that the hypervisor gave to others while a CPU of ours had work. */
export interface Steal {
  /** Share of all CPU time in the window, from 0 to 1. */
  readonly share: number
  /** Ticks of all CPUs in the window: the resolution of the share is one in these. */
  readonly ticks: number
}

/** One tick less or more must not decide whether 1 % is exceeded. */
const MIN_TICKS = 100
/** Between two looks at a window that is too short. */
const PAUSE_MS = 50
/** A window that does not fill up is given up: time stands still in a made-up tree. */
const MAX_MS = 3000

interface Ticks {
  readonly steal: number
  readonly all: number
}

/** The line of all CPUs: user nice system idle iowait irq softirq steal, then guest times that user and nice contain. */
function readTicks(root: string): Ticks | Unavailable {
  return derive(readMatch(root, '/proc/stat', /^cpu +([\d ]+)$/m, 'the times of the CPUs'), (text) => {
    const times = text.split(' ').map(Number).slice(0, 8)
    const steal = times[7]
    if (steal === undefined) return unavailable('this kernel does not count steal')
    return { steal, all: times.reduce((sum, time) => sum + time, 0) }
  })
}

/**
 * The share of steal while something runs, and longer where that was too short to tell. Steal shows only while CPUs
 * have work.
 *
 * @param root of the file tree that holds /proc
 * @param maxMs after which a window that is still too short is given up
 */
export async function stealDuring(work: Promise<unknown>, root = '/', maxMs = MAX_MS): Promise<Steal | Unavailable> {
  const before = readTicks(root)
  const began = performance.now()
  await work
  if (isUnavailable(before)) return before
  for (;;) {
    const after = readTicks(root)
    if (isUnavailable(after)) return after
    const ticks = after.all - before.all
    if (ticks >= MIN_TICKS) return { share: (after.steal - before.steal) / ticks, ticks }
    if (performance.now() - began > maxMs) {
      return unavailable(`/proc/stat counted ${ticks} ticks in ${maxMs / 1000} s; ${MIN_TICKS} are needed`)
    }
    await delay(PAUSE_MS)
  }
}
