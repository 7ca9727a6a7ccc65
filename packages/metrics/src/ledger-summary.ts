import {
  ABSENT,
  LEDGER_SEGMENTS,
  type LedgerData,
  type LedgerHandoff,
  type LedgerSegment,
  type LedgerSegmentSummary,
  type LedgerVector,
  type LedgerView,
  type LedgerWindow,
  MIN_ACCOUNTS_INTERVAL_US,
  type Trace,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { Histogram } from './histogram.js'
import type { Ledger } from './ledger-items.js'
import { add, WIDTH } from './ledger-tiles.js'
import { between } from './outcome.js'
import { windowSeconds } from './windows.js'

/** Share of the items that a view of the worst is about. */
const WORST = 0.01
const BAND = [0.4, 0.6] as const

export interface SummarySetting {
  readonly durationS: number
  /** Microseconds between two items; 0: flat out. */
  readonly intervalUs: number
  /** Whether the trace has a row for every item. */
  readonly everyItem: boolean
}

/** Segments that could not be told apart, why, and in which others their time is. */
type Missing = Partial<Record<LedgerSegment, Unavailable & { readonly within: readonly LedgerSegment[] }>>

function missingSegments({ knows }: Ledger, { intervalUs, everyItem }: SummarySetting, trace: Trace): Missing {
  const noAccounts = () => {
    if (!everyItem) return 'only samples of the items have rows'
    if (trace.accounts !== undefined) return 'the threads of this queue read no accounts of the kernel'
    return `accounts of the kernel are taken at intervals of at least ${MIN_ACCOUNTS_INTERVAL_US} µs`
  }
  const within = (segments: readonly LedgerSegment[], why: string) => ({
    ...unavailable(`its time is in ${segments.join(' and ')}: ${why}`),
    within: segments,
  })
  const missing: Missing = {}
  if (!knows.due) {
    const reason = intervalUs === 0 ? 'at interval 0 nothing is due at a time' : 'the pipeline tells no due times'
    for (const segment of ['p_late', 'p_runq', 'p_own'] as const)
      missing[segment] = { ...unavailable(reason), within: [] }
  } else {
    if (!knows.producerRunDelay) missing.p_runq = within(['p_late', 'p_own'], noAccounts())
    if (!knows.woke) missing.p_own = within(['p_late'], 'the pipeline does not tell when its wait was over')
  }
  if (!knows.consumerRunDelay) {
    missing.c_runq = within(['c_wake'], noAccounts())
    missing.s_runq = within([knows.consumerCpu ? 's_off' : 's_cpu'], noAccounts())
  }
  if (!knows.consumerCpu) missing.s_off = within(['s_cpu'], noAccounts())
  return missing
}

/** Values at the ranks of a share of sorted ones: from the first above `low` to the last within `high`. */
function bounds(sorted: Float64Array, low: number, high: number): readonly [number, number] {
  const first = Math.min(sorted.length - 1, Math.floor(low * sorted.length))
  const last = Math.max(first, Math.ceil(high * sorted.length) - 1)
  return [sorted[first] as number, sorted[last] as number]
}

/** Means over the items `from` to `to` whose total is within the bounds, which one has at least. */
function viewOf(
  { total, segments }: Ledger,
  missing: Missing,
  [low, high]: readonly [number, number],
  from: number,
  to: number,
): LedgerView {
  const sums = new Float64Array(WIDTH)
  let n = 0
  let sum = 0
  for (let item = from; item < to; item++) {
    const value = total[item] as number
    if (value < low || value > high) continue
    n++
    sum += value
    for (let segment = 0; segment < WIDTH; segment++) add(sums, segment, segments[item * WIDTH + segment] as number)
  }
  const means: Partial<Record<LedgerSegment, number>> = {}
  for (const [place, segment] of LEDGER_SEGMENTS.entries()) {
    if (missing[segment] === undefined) means[segment] = Math.round((sums[place] as number) / n)
  }
  return { n, mean_total_ns: Math.round(sum / n), mean_ns: means satisfies LedgerVector }
}

function worstOf(ledger: Ledger, missing: Missing, from: number, to: number): LedgerView {
  const sorted = ledger.total.slice(from, to).sort()
  const [slowest] = bounds(sorted, 1 - WORST, 1)
  return viewOf(ledger, missing, [slowest, Number.POSITIVE_INFINITY], from, to)
}

/** Items lie in the order of their beginnings, so a window is a stretch of them. */
function windowsOf(ledger: Ledger, missing: Missing, widthS: number): LedgerWindow[] {
  const { items, begin } = ledger
  const windows: LedgerWindow[] = []
  const windowAt = (item: number) => Math.floor((begin[item] as number) / (widthS * 1e9))
  for (let from = 0; from < items; ) {
    const window = windowAt(from)
    let to = from + 1
    while (to < items && windowAt(to) === window) to++
    windows.push({ start_s: window * widthS, items: to - from, ...worstOf(ledger, missing, from, to) })
    from = to
  }
  return windows
}

function segmentSummaries({ items, segments }: Ledger, missing: Missing): LedgerData['segments'] {
  const summary = (segment: LedgerSegment, place: number): LedgerSegmentSummary | Unavailable => {
    const reason = missing[segment]
    if (reason !== undefined) return unavailable(reason.unavailable)
    const histogram = new Histogram()
    for (let item = 0; item < items; item++) histogram.record(segments[item * WIDTH + place] as number)
    return { sum_ns: Number(histogram.sum), mean_ns: histogram.mean, p50_ns: histogram.percentile(50) }
  }
  const entries = LEDGER_SEGMENTS.map((segment, place) => [segment, summary(segment, place)] as const)
  return Object.fromEntries(entries) as LedgerData['segments']
}

function holdersOf(missing: Missing): LedgerData['holds'] {
  const entries = LEDGER_SEGMENTS.map((segment) => {
    const held = LEDGER_SEGMENTS.filter((other) => missing[other]?.within.includes(segment))
    return [segment, held] as const
  })
  return Object.fromEntries(entries.filter(([segment, held]) => held.length > 0 && missing[segment] === undefined))
}

function marks(column: Int16Array | Int8Array, { row, items }: Ledger): Int16Array {
  return Int16Array.from(row.subarray(0, items), (of) => column[of] as number)
}

/** The wait for an item begins when the consumer is done with the one before. */
function occupancyOf(trace: Trace, ledger: Ledger, everyItem: boolean): number | Unavailable {
  if (!everyItem) return unavailable('only samples of the items have rows')
  const { row, items } = ledger
  if (marks(trace.consumerWaited, ledger).includes(ABSENT))
    return unavailable('the consumer does not tell if it waited')
  const time = (column: BigUint64Array, item: number) => column[row[item] as number] as bigint
  const spanNs = time(trace.done, items - 1) - time(trace.popped, 0)
  if (items < 2 || spanNs <= 0n) return unavailable('fewer than two items were delivered')
  let waitedNs = 0n
  for (let item = 1; item < items; item++) {
    if (trace.consumerWaited[row[item] as number] === 0) continue
    waitedNs += time(trace.popped, item) - time(trace.done, item - 1)
  }
  return 1 - Number(waitedNs) / Number(spanNs)
}

function handoffsOf(trace: Trace, ledger: Ledger): LedgerData['handoffs'] {
  const latencies = { same: new Histogram(), cross: new Histogram() }
  for (const row of ledger.row.subarray(0, ledger.items)) {
    const [from, to] = [trace.producerCpu[row], trace.consumerCpu[row]]
    if (from === ABSENT || to === ABSENT) continue
    latencies[from === to ? 'same' : 'cross'].record(Number(between(trace.sent, trace.popped, row)))
  }
  const known = latencies.same.n + latencies.cross.n
  if (known === 0) return unavailable('the threads do not tell their CPUs; pin both')
  const summary = (histogram: Histogram): LedgerHandoff => ({
    n: histogram.n,
    share: histogram.n / known,
    p50_ns: histogram.n === 0 ? unavailable('there is none') : histogram.percentile(50),
  })
  return { same_cpu: summary(latencies.same), cross_cpu: summary(latencies.cross) }
}

function sleptShare(trace: Trace, ledger: Ledger): number | Unavailable {
  const waited = marks(trace.consumerWaited, ledger)
  if (waited.includes(ABSENT) || waited.includes(1)) return unavailable('the queue does not tell if its consumer slept')
  return waited.filter((how) => how === 2).length / waited.length
}

/** What a record stores of a ledger. */
export function summarize(ledger: Ledger, trace: Trace, setting: SummarySetting): LedgerData | Unavailable {
  const { items, total, excluded, mismatches, knows } = ledger
  if (items === 0) {
    const { dropped, lost, disordered } = excluded
    return unavailable(`no item has a ledger: ${dropped} were dropped, ${lost} lost, ${disordered} disordered`)
  }
  const missing = missingSegments(ledger, setting, trace)
  const sorted = total.slice(0, items).sort()
  const windowS = windowSeconds(setting.durationS)
  return {
    total: knows.due ? 'due to done' : 'sent to done',
    items,
    excluded,
    sums: { items, mismatches },
    mean_total_ns: sorted.reduce((sum, value) => sum + value, 0) / items,
    segments: segmentSummaries(ledger, missing),
    holds: holdersOf(missing),
    median_band: viewOf(ledger, missing, bounds(sorted, ...BAND), 0, items),
    worst: worstOf(ledger, missing, 0, items),
    window_s: windowS,
    windows: windowsOf(ledger, missing, windowS),
    occupancy: occupancyOf(trace, ledger, setting.everyItem),
    handoffs: handoffsOf(trace, ledger),
    slept: sleptShare(trace, ledger),
  }
}
