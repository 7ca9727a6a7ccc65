import {
  type Collector,
  type HistogramData,
  type OnTime,
  type RunContext,
  type Scenario,
  type Trace,
  traceLength,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { ageOf } from './age.js'
import { Histogram } from './histogram.js'
import { between, outcomeOf } from './outcome.js'
import { windowSeconds, windowsOf } from './windows.js'

/** Distribution of one interval, with the values that can't be in it. */
class Interval {
  readonly histogram = new Histogram()
  negative = 0

  record(ns: bigint | undefined): void {
    if (ns === undefined) return
    if (ns < 0n) this.negative++
    else this.histogram.record(Number(ns))
  }
}

function onTime(trace: Trace, { deadlineUs }: Scenario): OnTime | Unavailable {
  if (deadlineUs === 'none') return unavailable('the scenario has no deadline')
  const of = traceLength(trace)
  if (of === 0) return unavailable('no item was sampled')
  const deadline_ns = deadlineUs * 1000
  let n = 0
  for (let row = 0; row < of; row++) {
    if (outcomeOf(trace, row) !== 'delivered') continue
    const response = between(trace.due, trace.done, row)
    if (response === undefined) return unavailable('no item has both due and done')
    if (Number(response) <= deadline_ns) n++
  }
  return { deadline_ns, n, of }
}

/** Every row of the trace ends in `latency.n`, `dropped`, `lost` or `negative`. */
function readTrace(trace: Trace, scenario: Scenario): HistogramData {
  const windowS = windowSeconds(scenario.duration)
  const latency = new Interval()
  const response = new Interval()
  const rows = { delivered: 0, dropped: 0, lost: 0 }
  const sampled = traceLength(trace)
  for (let row = 0; row < sampled; row++) {
    const outcome = outcomeOf(trace, row)
    rows[outcome]++
    if (outcome !== 'delivered') continue
    latency.record(between(trace.sent, trace.popped, row))
    response.record(between(trace.due, trace.done, row))
  }
  const reason = (interval: Interval, absent: string) => {
    if (sampled === 0) return 'no item was sampled'
    if (rows.delivered === 0) return `none of the ${sampled} sampled items was delivered`
    return interval.negative > 0 ? `all ${interval.negative} values are negative` : absent
  }
  return {
    latency: latency.histogram.summary(reason(latency, 'no item has both sent and popped')),
    response: response.histogram.summary(reason(response, 'no item has both due and done')),
    dropped: rows.dropped,
    lost: rows.lost,
    negative: { latency: latency.negative, response: response.negative },
    clamped: latency.histogram.clamped + response.histogram.clamped,
    window_s: windowS,
    windows: windowsOf(trace, windowS),
    on_time: onTime(trace, scenario),
    age: ageOf(trace),
  }
}

/**
 * Collector `histogram`: the distributions of latency (call of push to return of pop) and response (intended send to
 * end of the consumer's work) over the delivered items of the trace, as a whole and second by second; of the offered
 * ones, how many were done by the scenario's deadline, and how old the freshest was. It reads the trace in `stop`, with
 * both threads parked; while items flow it does nothing.
 *
 * @example
 * const collector = histogram()
 * collector.start(run)
 * // ... the measured phase ...
 * collector.stop() // { latency: { n: 4470, p50_ns: 60_032, ... }, response: { ... }, dropped: 0, ... }
 */
export function histogram(): Collector<HistogramData> {
  let run: RunContext | undefined
  return {
    name: 'histogram',
    start(context: RunContext) {
      run = context
    },
    stop() {
      if (run === undefined) return unavailable('it was not started')
      return readTrace(run.trace, run.scenario)
    },
  }
}
