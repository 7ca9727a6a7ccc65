import { isUnavailable, type PhaseCounts, type Unavailable, unavailable } from './pipeline.js'
import { ABSENT_TIME, type Trace, traceLength } from './trace.js'

/** How far L and λW may be apart. Both are exact: a sound trace leaves no more than rounding. */
const TOLERANCE = 0.01

/**
 * Little's law, L = λW, over the first measured phase: the mean number of items on their way, from push to pop, is what
 * arrives per second times how long each stays. Each side is taken from what the other does not look at:
 *
 * - `l`: from the stamps alone, the time between `sent` and `popped` of all rows that falls into the phase, by its length;
 * - `arrivals_s`: λ, from what the two loops counted and the clock they read at the phase's begin and end;
 * - `w_ns`: the mean latency of the rows, whenever they say that it was.
 *
 * So a trace that lacks items, or has stamps of another clock, another unit, another phase or the wrong sign, has a
 * residual. One that is wrong by the same amount at both ends of every item has none.
 *
 * Little, "A proof for the queuing formula L = λW", Operations Research 9 (1961).
 */
export interface LittlesLaw {
  readonly l: number
  readonly arrivals_s: number
  readonly w_ns: number
  /** `l − λw` as a share of the larger of the two; beyond ±0.01 the replicate is invalid. */
  readonly residual: number
}

/** @param trace of a phase of which every item has a row */
export function littlesLaw(
  trace: Trace,
  { offered, delivered, startNs, endNs }: PhaseCounts,
): LittlesLaw | Unavailable {
  const rows = traceLength(trace)
  if (rows < offered && rows >= trace.rows - 1) return unavailable('the trace was full before the phase was over')
  if (delivered === 0) return unavailable('no item was delivered')
  const phaseNs = Number(endNs - startNs)
  let insideNs = 0
  let latencyNs = 0
  let n = 0
  for (let row = 0; row < rows; row++) {
    const sent = trace.sent[row] as bigint
    const popped = trace.popped[row] as bigint
    if (popped === ABSENT_TIME || trace.pushed[row] === ABSENT_TIME) continue
    const from = Number(sent - startNs)
    const to = Number(popped - startNs)
    insideNs += Math.max(0, Math.min(to, phaseNs) - Math.max(from, 0))
    latencyNs += to - from
    n++
  }
  if (n === 0) return unavailable('no delivered item has both sent and popped')
  const l = insideNs / phaseNs
  const perNs = delivered / phaseNs
  const w_ns = latencyNs / n
  const largest = Math.max(l, Math.abs(perNs * w_ns))
  if (largest === 0) return unavailable('every latency is 0: the clock is too coarse')
  return { l, arrivals_s: perNs * 1e9, w_ns, residual: (l - perNs * w_ns) / largest }
}

/** Why a replicate is no result by this; `undefined` where it is one, or nothing is known. */
export function littlesLawBroken(law: LittlesLaw | Unavailable): string | undefined {
  if (isUnavailable(law) || Math.abs(law.residual) <= TOLERANCE) return undefined
  const { l, arrivals_s, w_ns, residual } = law
  const percent = `${residual > 0 ? '+' : '−'}${Math.abs(100 * residual).toPrecision(2)} %`
  return (
    `Little's law does not hold: ${l.toPrecision(3)} items were on their way by the stamps, ` +
    `${((arrivals_s * w_ns) / 1e9).toPrecision(3)} by the counts (${percent}): stamps are missing, of another clock or ` +
    'another phase; no latency of this replicate means anything: mend the pipeline that fills the trace'
  )
}
