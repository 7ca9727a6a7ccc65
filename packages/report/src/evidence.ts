import { isUnavailable, type MeasuredRecord, type RateCause, type ResultRecord } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { firstPhaseOf } from './perf-stat.js'
import { contaminationOf } from './sched.js'
import { cellName, code, type Inline } from './section.js'

/** One row of the results of which something was measured. */
export interface Evidence {
  /** Its scenario, and its queue where the run has several. */
  readonly name: Inline
  readonly cell: Cell
  /** At least one. */
  readonly measured: readonly MeasuredRecord[]
}

/** What takeaways and next steps are drawn from, row by row. */
export function evidenceOf(records: readonly ResultRecord[]): readonly Evidence[] {
  const cells = cellsOf(records)
  const severalQueues = new Set(cells.map(({ queue }) => queue)).size > 1
  return cells.flatMap((cell) => {
    const measured = cell.records.filter((record) => record.status === 'ok')
    const name = severalQueues ? cellName(cell) : code(cell.scenario)
    return measured.length === 0 ? [] : [{ name, cell, measured }]
  })
}

/** What kept producers from their rate, in words. */
export const RATE_CAUSES: Readonly<Record<RateCause, string>> = {
  'back-pressure': 'back-pressure',
  pacer: 'pacer overshoot',
  cpu: 'want of a CPU',
  producer: 'the producer’s own time per item',
}

// A record may come from any version of core, so its cause is looked at before it is believed.
export function rateCauseOf({ rate_cause }: MeasuredRecord): RateCause | undefined {
  return rate_cause !== undefined && Object.hasOwn(RATE_CAUSES, rate_cause) ? rate_cause : undefined
}

/** How many replicates the `sched` collector judged, and how many of those it found contaminated. */
export function contaminationIn(measured: readonly MeasuredRecord[]): {
  readonly judged: number
  readonly contaminated: number
} {
  const verdicts = measured.map(contaminationOf).filter((reasons) => reasons !== undefined)
  return { judged: verdicts.length, contaminated: verdicts.filter((reasons) => reasons.length > 0).length }
}

/** The events that perf was asked for: those with a count in some replicate, and those without in any. */
export function perfEventsIn(rows: readonly Evidence[]): {
  readonly counted: readonly string[]
  readonly missing: readonly string[]
} {
  const phases = rows.flatMap(({ measured }) => measured.map(firstPhaseOf))
  const events = phases.flatMap((phase) => (phase === undefined || isUnavailable(phase) ? [] : phase.events))
  const names = [...new Set(events.map(({ event }) => event))]
  const isCounted = (name: string) => events.some(({ event, value }) => event === name && typeof value === 'number')
  return { counted: names.filter(isCounted), missing: names.filter((name) => !isCounted(name)) }
}
