import {
  type HistogramData,
  isUnavailable,
  LEDGER_SEGMENTS,
  type LedgerData,
  type LedgerSegment,
  type MeasuredRecord,
  type SchedData,
  type SchedPhase,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { median } from '@spsc/metrics'

/** Nanoseconds by segment; one that could not be told apart is 0, and its time is in another. */
export type Vector = Readonly<Record<LedgerSegment, number>>

/** One stretch of a replicate: what its worst items are made of. */
export interface WindowSignals {
  readonly worst: Vector
  /** Longest response in it; `undefined`: not measured. */
  readonly longestNs: number | undefined
  readonly dropped: number
}

/** All that a diagnosis may look at in a record: what was measured, and nothing of what was asked for. */
export interface Signals {
  readonly items: number
  readonly windowS: number
  readonly windows: readonly WindowSignals[]
  /** What an item near the median is made of. */
  readonly middle: Vector
  /** Over all items. */
  readonly sums: Vector
  /** Segments that hold the time of others. */
  readonly holds: LedgerData['holds']
  readonly occupancy: number | Unavailable
  readonly handoffs: LedgerData['handoffs']
  readonly dropRate: number
  /** Mean time from one offer to the next. */
  readonly gapNs: number
  /** How late the producer's waits ended, summed over those that it waited; `undefined`: not measured. */
  readonly lateNs: number | undefined
  readonly machine: SchedPhase | Unavailable
}

export function vectorOf(of: (segment: LedgerSegment) => number): Vector {
  return Object.fromEntries(LEDGER_SEGMENTS.map((segment) => [segment, of(segment)])) as unknown as Vector
}

export function total(vector: Vector): number {
  return LEDGER_SEGMENTS.reduce((sum, segment) => sum + vector[segment], 0)
}

/** What one vector is above another, segment by segment. */
export function excessOf(vector: Vector, over: Vector): Vector {
  return vectorOf((segment) => Math.max(0, vector[segment] - over[segment]))
}

export function medianVector(vectors: readonly Vector[]): Vector {
  return vectorOf((segment) => median(vectors.map((vector) => vector[segment])))
}

function machineOf({ collectors }: MeasuredRecord): SchedPhase | Unavailable {
  const sched = collectors.sched as SchedData | Unavailable | undefined
  if (sched === undefined) return unavailable('the sched collector was not asked for')
  if (isUnavailable(sched)) return sched
  return sched.phases.at(-1) ?? unavailable('the sched collector saw no phase')
}

/** What a record tells; a reason where it has no ledger, without which nothing can be diagnosed. */
export function signalsOf(record: MeasuredRecord): Signals | Unavailable {
  const ledger = record.collectors.ledger as LedgerData | Unavailable | undefined
  if (ledger === undefined) return unavailable('the ledger collector was not asked for')
  if (isUnavailable(ledger)) return ledger
  const histogram = record.collectors.histogram as HistogramData | Unavailable | undefined
  const times = histogram === undefined || isUnavailable(histogram) ? [] : histogram.windows
  const late = record.phases.at(-1)?.late_ns
  const windows = ledger.windows.map(({ start_s, mean_ns }) => {
    const time = times.find((window) => window.start_s === start_s)
    const response = time?.response
    return {
      worst: vectorOf((segment) => mean_ns[segment] ?? 0),
      longestNs: response === undefined || isUnavailable(response) ? undefined : response.max_ns,
      dropped: time?.dropped ?? 0,
    }
  })
  return {
    items: ledger.items,
    windowS: ledger.window_s,
    windows,
    middle: vectorOf((segment) => ledger.median_band.mean_ns[segment] ?? 0),
    sums: vectorOf((segment) => {
      const summary = ledger.segments[segment]
      return isUnavailable(summary) ? 0 : summary.sum_ns
    }),
    holds: ledger.holds,
    occupancy: ledger.occupancy,
    handoffs: ledger.handoffs,
    dropRate: record.drop_rate,
    gapNs: 1e9 / record.offered_ops_s,
    lateNs: typeof late === 'number' ? late : undefined,
    machine: machineOf(record),
  }
}
