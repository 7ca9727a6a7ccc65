import { ABSENT_TIME, type AgeOfInformation, type Trace, traceLength, type Unavailable, unavailable } from '@spsc/core'
import { Histogram } from './histogram.js'
import { outcomeOf } from './outcome.js'

/** Whether the rows are of all items: a sample knows of no freshest one. */
function isComplete(trace: Trace, rows: number): boolean {
  return trace.number[rows - 1] === rows - 1
}

/**
 * Reads the age of the freshest item from a trace. Between two items the age is a straight line, from the last item's
 * response up to what that one's age is when the next is done: the peak.
 */
export function ageOf(trace: Trace): AgeOfInformation | Unavailable {
  const rows = traceLength(trace)
  if (rows === 0) return unavailable('no item was sampled')
  if (!isComplete(trace, rows)) return unavailable('not every item was stamped')
  const peaks = new Histogram()
  let due = ABSENT_TIME
  let done = ABSENT_TIME
  let first = ABSENT_TIME
  let area = 0
  for (let row = 0; row < rows; row++) {
    if (outcomeOf(trace, row) !== 'delivered') continue
    const nextDue = trace.due[row] as bigint
    const nextDone = trace.done[row] as bigint
    if (nextDue === ABSENT_TIME || nextDone === ABSENT_TIME) return unavailable('an item has no due or no done')
    if (nextDone < nextDue || nextDone < done) return unavailable('the times of an item run backwards')
    if (done === ABSENT_TIME) first = nextDone
    else {
      const peak = Number(nextDone - due)
      area += ((Number(done - due) + peak) / 2) * Number(nextDone - done)
      peaks.record(peak)
    }
    due = nextDue
    done = nextDone
  }
  if (peaks.n === 0) return unavailable('fewer than two items were delivered')
  if (done === first) return unavailable('all items were done at one moment')
  return {
    n: peaks.n,
    mean_ns: area / Number(done - first),
    peak_p50_ns: peaks.percentile(50),
    peak_p99_ns: peaks.percentile(99),
    peak_max_ns: peaks.max,
  }
}
