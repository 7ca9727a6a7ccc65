import { existsSync } from 'node:fs'
import { platform } from 'node:os'
import { join } from 'node:path'
import { type Collector, type RunContext, type SchedData, type SchedPhase, unavailable } from '@spsc/core'
import { phaseOf } from './phase.js'
import { type Sample, takeSample } from './sample.js'

export interface SchedOptions {
  /** Folder that has `proc` and `sys`; default: `/`. */
  readonly root?: string
}

/**
 * Collector `sched`: what the kernel's scheduler did with the two threads in each measured phase, and what else the
 * machine was busy with. It reads files before and after a phase, with both threads parked; while items flow it does
 * nothing. What the threads do to leave their gate and to park again is in the figures: a few switches a phase.
 *
 * @example
 * const collector = sched()
 * collector.start(run)
 * collector.phaseStart(phase)
 * // ... the measured phase ...
 * collector.phaseEnd(record)
 * collector.stop() // { phases: [{ name: 'paced', threads: { producer: { run: { tier: 'proc', cpu_ns: ... } } } }] }
 */
export function sched({ root = '/' }: SchedOptions = {}): Collector<SchedData> {
  let run: RunContext | undefined
  let before: Sample | undefined
  const phases: SchedPhase[] = []
  const runs = existsSync(join(root, 'proc/stat'))
  return {
    name: 'sched',
    start(context: RunContext) {
      run = context
      // The first reading takes several times as long as those to come: its code is not compiled yet.
      if (runs) takeSample(root, run)
    },
    phaseStart() {
      if (runs && run !== undefined) before = takeSample(root, run)
    },
    phaseEnd(phase) {
      if (run === undefined || before === undefined) return
      phases.push(phaseOf(before, takeSample(root, run), phase))
      before = undefined
    },
    stop() {
      if (!runs) return unavailable(`there is no ${join(root, 'proc/stat')} on ${platform()}; it takes Linux`)
      return run === undefined ? unavailable('it was not started') : { phases }
    },
  }
}
