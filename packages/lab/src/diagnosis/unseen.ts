import { isUnavailable, LEDGER_SEGMENTS } from '@spsc/core'
import type { Unseen } from './diagnose.js'
import type { Signals } from './signals.js'

const COLLECT = '--collect histogram,ledger,sched'

/** What could not be looked at, each thing once, and what would show it. */
export function unseenOf(replicates: readonly Signals[], isOwn: boolean): readonly Unseen[] {
  const [first] = replicates
  if (first === undefined) {
    return [{ what: 'everything', reason: 'no replicate has a ledger', command: COLLECT }]
  }
  const unseen: Unseen[] = []
  if (isOwn) {
    unseen.push({
      what: 'whether every item takes longer than it should',
      reason: 'there is nothing to compare with',
      command: '--against SCENARIO',
    })
  }
  const held = [...new Set(LEDGER_SEGMENTS.flatMap((segment) => first.holds[segment] ?? []))]
  if (held.length > 0) {
    const reason = 'its threads read no accounts of the kernel'
    unseen.push({ what: `${held.join(', ')}, item by item`, reason, command: '--queue native' })
  }
  if (first.windows.every(({ longestNs }) => longestNs === undefined)) {
    const reason = 'the histogram collector did not measure it'
    unseen.push({ what: 'how long each stretch lasts', reason, command: COLLECT })
  }
  const { machine } = first
  if (isUnavailable(machine)) {
    unseen.push({ what: 'run delay, steal, throttling, switches', reason: machine.unavailable, command: COLLECT })
    return unseen
  }
  const { cpus, throttling, threads } = machine
  for (const [what, figures] of Object.entries({
    steal: cpus,
    throttling,
    'run delay': threads.consumer.run,
    switches: threads.consumer.switches,
  })) {
    if (isUnavailable(figures)) unseen.push({ what, reason: figures.unavailable, command: 'spsc doctor' })
  }
  return unseen
}
