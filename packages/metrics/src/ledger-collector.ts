import { type Collector, type LedgerData, type PhaseRecord, type RunContext, unavailable } from '@spsc/core'
import { ledgerOf } from './ledger-items.js'
import { summarize } from './ledger-summary.js'

/**
 * Collector `ledger`: what each item's time was spent on, in eight segments that add up to its response exactly, and
 * what the worst items are made of beside the ordinary ones. It reads the trace in `stop`, with both threads parked, and
 * wants it to hold accounts of the kernel; of a segment that can't be told apart it says in which other its time is.
 *
 * @example
 * const collector = ledger()
 * collector.start(run)
 * // ... the measured phase ...
 * collector.phaseEnd(phase)
 * collector.stop() // { items: 4470, sums: { items: 4470, mismatches: 0 }, worst: { n: 45, mean_ns: { ... } }, ... }
 */
export function ledger(): Required<Omit<Collector<LedgerData>, 'phaseStart'>> {
  let run: RunContext | undefined
  let phase: PhaseRecord | undefined
  return {
    name: 'ledger',
    wants: ['accounts'],
    start(context) {
      run = context
    },
    phaseEnd(ended) {
      if (ended.stamped) phase = ended
    },
    stop() {
      if (run === undefined) return unavailable('it was not started')
      if (phase === undefined) return unavailable('no phase with time stamps came to its end')
      const { trace, scenario } = run
      const everyItem = phase.mean_gap === 1
      const startNs = BigInt(phase.start_ns)
      const items = ledgerOf(trace, { startNs, everyItem, blocks: scenario.onFull === 'block' })
      const intervalUs = scenario.prodIntervalUs
      return summarize(items, trace, { durationS: scenario.duration, intervalUs, everyItem })
    },
  }
}
