import { ABSENT_TIME, type LatencyWindow, type Trace, traceLength, unavailable } from '@spsc/core'
import { between, outcomeOf } from './outcome.js'

const MAX_WINDOWS = 1000

/** Width of the windows of a phase, in seconds: 1, or more where there would be more than 1000. */
export function windowSeconds(durationS: number): number {
  return Math.max(1, Math.ceil(durationS / MAX_WINDOWS))
}

/** Percentiles by nearest rank of values that are few enough to be sorted. */
function figuresOf(values: readonly number[], absent: string): LatencyWindow['latency'] {
  if (values.length === 0) return unavailable(absent)
  const sorted = Float64Array.from(values).sort()
  const at = (percent: number) => sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1] as number
  return { n: sorted.length, p50_ns: at(50), p99_ns: at(99), max_ns: sorted[sorted.length - 1] as number }
}

/** One window while its rows are read. */
class Window {
  readonly latencies: number[] = []
  readonly responses: number[] = []
  dropped = 0

  read(trace: Trace, row: number): void {
    const outcome = outcomeOf(trace, row)
    if (outcome === 'dropped') this.dropped++
    if (outcome !== 'delivered') return
    for (const [values, ns] of [
      [this.latencies, between(trace.sent, trace.popped, row)],
      [this.responses, between(trace.due, trace.done, row)],
    ] as const) {
      if (ns !== undefined && ns >= 0n) values.push(Number(ns))
    }
  }

  figures(start_s: number): LatencyWindow {
    const none = 'no sampled item of this window was delivered'
    const latency = figuresOf(this.latencies, none)
    const response = figuresOf(this.responses, this.latencies.length === 0 ? none : 'no item has both due and done')
    return { start_s, latency, response, dropped: this.dropped }
  }
}

/** The rows of a trace by when their items were due (at interval 0: sent), from the first; windows without rows are left out. */
export function windowsOf(trace: Trace, widthS: number): LatencyWindow[] {
  const rows = traceLength(trace)
  const beginOf = (row: number) => {
    const due = trace.due[row] as bigint
    return due === ABSENT_TIME ? (trace.sent[row] as bigint) : due
  }
  const windows: LatencyWindow[] = []
  const startNs = rows === 0 ? 0n : beginOf(0)
  const indexOf = (row: number) => Math.floor(Number(beginOf(row) - startNs) / (widthS * 1e9))
  for (let row = 0; row < rows; ) {
    const index = indexOf(row)
    const window = new Window()
    for (; row < rows && indexOf(row) === index; row++) window.read(trace, row)
    windows.push(window.figures(index * widthS))
  }
  return windows
}
