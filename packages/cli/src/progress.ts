import type { ReplicateRef, Run } from '@spsc/core'
import { oneLine } from '@spsc/report/text'
import type { Log } from './log.js'

function describe({ order, total, scenario, queue, replicate }: ReplicateRef): string {
  return `[${order}/${total}] ${scenario} on ${queue}, replicate ${replicate}`
}

/** Whole seconds below two minutes, then minutes, then hours: an estimate deserves no more. */
export function about(seconds: number): string {
  if (seconds < 120) return `${Math.ceil(seconds)} s`
  return seconds < 7200 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`
}

/**
 * Shows a run's progress on stderr: on a terminal one line, rewritten as each phase begins and left alone while it
 * measures; elsewhere one log entry per replicate.
 *
 * @returns a function that takes the line away
 */
export function showProgress(run: Run, log: Log): () => void {
  const { stderr } = process
  if (!stderr.isTTY) {
    run.on('progress', ({ phase, remainingS, ...ref }) => {
      if (phase === 'load')
        log.info({ ...ref, remaining_s: Math.ceil(remainingS) }, `${describe(ref)}: about ${about(remainingS)} left`)
    })
    return () => {}
  }
  const clear = () => stderr.write('\r\u001B[K')
  run.on('progress', ({ phase, remainingS, ...ref }) => {
    const line = oneLine(`${describe(ref)}: ${phase}, about ${about(remainingS)} left`)
    clear()
    stderr.write(line.slice(0, Math.max(20, (stderr.columns || 80) - 1)))
  })
  run.on('warning', clear)
  return clear
}
