import type { RateCause, ResultRecord } from '@spsc/core'
import { sum } from 'simple-statistics'
import { contaminationIn, type Evidence, evidenceOf, RATE_CAUSES, rateCauseOf } from './evidence.js'
import { ledgerOf } from './ledger.js'

interface Step {
  readonly command: string
  readonly reason: string
}

/** Below it no interval of a median reaches 95 %, and no exact paired test comes below 5 %. */
const FEWEST_REPLICATES = 6

function again(records: readonly ResultRecord[]): readonly Step[] {
  const failed = records.filter(({ status }) => status === 'failed').length
  if (failed === 0) return []
  return [{ command: '--resume', reason: `${failed} of ${records.length} replicates failed; it measures them again` }]
}

function moreReplicates(rows: readonly Evidence[]): readonly Step[] {
  const few = rows.filter(({ measured }) => measured.length < FEWEST_REPLICATES)
  if (few.length === 0) return []
  const which = few.length === rows.length ? 'rows have' : `of ${rows.length} rows have`
  const reason = `${few.length} ${which} fewer than ${FEWEST_REPLICATES} replicates, too few for an interval of a median`
  return [{ command: '--replicates 10', reason }]
}

/** What to try against a cause, and why; against the pacer, another pacing. */
function cureOf(cause: RateCause, pacing: string): Step {
  if (cause === 'pacer' && pacing === 'sleep')
    return { command: '--pacing deadline', reason: 'a relative sleep makes up for no delay, a deadline does' }
  if (cause === 'pacer' && pacing === 'deadline')
    return { command: '--pacing spin', reason: 'a producer that watches the clock need not be woken' }
  if (cause === 'back-pressure')
    return { command: '--queue-cap', reason: 'a larger one makes room, and so does a lower `--rate`' }
  if (cause === 'producer') return { command: '--rate', reason: 'a lower one leaves the producer time' }
  return { command: 'spsc doctor', reason: 'it looks for what takes the CPUs' }
}

function cures(rows: readonly Evidence[]): readonly Step[] {
  const records = rows.flatMap(({ measured }) => measured)
  return records.flatMap((record) => {
    const cause = rateCauseOf(record)
    if (cause === undefined) return []
    const { command, reason } = cureOf(cause, record.config.pacing)
    return [{ command, reason: `${RATE_CAUSES[cause]} kept a producer from its rate; ${reason}` }]
  })
}

function noDrops(rows: readonly Evidence[]): readonly Step[] {
  const dropping = rows.filter(({ measured }) => measured.some(({ dropped }) => dropped > 0)).length
  if (dropping === 0) return []
  const reason = `${dropping} of ${rows.length} rows dropped items, which have no latency; a producer that waits drops none`
  return [{ command: '--on-full block', reason }]
}

function collect(rows: readonly Evidence[]): readonly Step[] {
  const missing = [
    ['ledger', 'what the slowest items spent their time on', ({ cell }: Evidence) => ledgerOf(cell) !== undefined],
    ['sched', 'whether others used the CPUs', ({ measured }: Evidence) => contaminationIn(measured).judged > 0],
  ] as const
  const lacking = missing.filter(([, , isThere]) => !rows.some(isThere))
  if (lacking.length === 0) return []
  const command = `--collect ${['histogram', ...lacking.map(([name]) => name)].join(',')}`
  return [{ command, reason: `nothing stored says ${lacking.map(([, what]) => what).join(', nor ')}` }]
}

function quiet(rows: readonly Evidence[]): readonly Step[] {
  const verdicts = rows.map(({ measured }) => contaminationIn(measured))
  const contaminated = sum(verdicts.map(({ of }) => of))
  if (contaminated === 0) return []
  const judged = sum(verdicts.map((verdict) => verdict.judged))
  return [{ command: 'spsc doctor', reason: `${contaminated} of ${judged} replicates were contaminated` }]
}

/**
 * What to run next, in lines of Markdown, each with what in the stored evidence asks for it; none where nothing does.
 *
 * @example
 * nextSteps(records)[0]
 * // '`--replicates 10`: 3 rows have fewer than 6 replicates, too few for an interval of a median.'
 */
export function nextSteps(records: readonly ResultRecord[]): readonly string[] {
  const rows = evidenceOf(records)
  if (rows.length === 0) return []
  const steps = [...again(records), ...[moreReplicates, cures, noDrops, collect, quiet].flatMap((topic) => topic(rows))]
  return [...new Set(steps.map(({ command }) => command))].map((command) => {
    const reasons = new Set(steps.filter((step) => step.command === command).map(({ reason }) => reason))
    return `\`${command}\`: ${[...reasons].join('; ')}.`
  })
}
