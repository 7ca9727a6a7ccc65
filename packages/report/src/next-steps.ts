import type { RateCause, ResultRecord } from '@spsc/core'
import { sum } from 'simple-statistics'
import { contaminationIn, type Evidence, evidenceOf, perfEventsIn, RATE_CAUSES, rateCauseOf } from './evidence.js'
import { code, type Inline, inline } from './section.js'

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
  const few = rows.filter(({ measured }) => measured.length < FEWEST_REPLICATES).length
  if (few === 0) return []
  const reason = `fewer than ${FEWEST_REPLICATES} replicates in ${few} of ${rows.length} rows, too few for an interval`
  return [{ command: '--replicates 10', reason }]
}

/** What to try against a cause, and why; against the pacer, another pacing. */
function cureOf(cause: RateCause, pacing: string): Step {
  if (cause === 'pacer' && pacing === 'sleep')
    return { command: '--pacing deadline', reason: 'a relative sleep makes up for no delay, a deadline does' }
  if (cause === 'pacer' && pacing === 'deadline')
    return { command: '--pacing spin', reason: 'a producer that watches the clock need not be woken' }
  if (cause === 'back-pressure')
    return { command: '--queue-cap', reason: 'a larger one makes room, and so does a lower --rate' }
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

const COLLECTORS = {
  ledger: 'what the slowest items spent their time on',
  sched: 'whether others used the CPUs',
} as const

/** One that was there and could measure nothing is not asked for again. */
function collect(rows: readonly Evidence[]): readonly Step[] {
  const records = rows.flatMap(({ measured }) => measured)
  const unasked = Object.entries(COLLECTORS).filter(([name]) =>
    records.every(({ collectors }) => collectors[name] === undefined),
  )
  if (unasked.length === 0) return []
  const command = `--collect ${['histogram', ...Object.keys(COLLECTORS)].join(',')}`
  return [{ command, reason: `nothing stored says ${unasked.map(([, what]) => what).join(', nor ')}` }]
}

function look(rows: readonly Evidence[]): readonly Step[] {
  const verdicts = rows.map(({ measured }) => contaminationIn(measured))
  const contaminated = sum(verdicts.map((verdict) => verdict.contaminated))
  const judged = sum(verdicts.map((verdict) => verdict.judged))
  const missing = perfEventsIn(rows).missing.length
  return [
    ...(contaminated > 0 ? [`contaminated replicates: ${contaminated} of ${judged}`] : []),
    ...(missing > 0 ? [`events that perf could not count: ${missing}; it says what this machine can measure`] : []),
  ].map((reason) => ({ command: 'spsc doctor', reason }))
}

/**
 * What to run next, each with what in the stored evidence asks for it; none where nothing does.
 *
 * @example
 * nextSteps(records)[0]
 * // `--replicates 10`: fewer than 6 replicates in 3 of 3 rows, too few for an interval.
 */
export function nextSteps(records: readonly ResultRecord[]): readonly Inline[] {
  const rows = evidenceOf(records)
  if (rows.length === 0) return []
  const steps = [...again(records), ...[moreReplicates, cures, noDrops, collect, look].flatMap((topic) => topic(rows))]
  return [...new Set(steps.map(({ command }) => command))].map((command) => {
    const reasons = new Set(steps.filter((step) => step.command === command).map(({ reason }) => reason))
    return inline`${code(command)}: ${[...reasons].join('; ')}.`
  })
}
