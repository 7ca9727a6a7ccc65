import {
  type EffectScale,
  type FigureComparison,
  type HistogramData,
  isUnavailable,
  LEDGER_SEGMENTS,
  type LedgerData,
  type LedgerSegment,
  type MeasuredRecord,
  type Unavailable,
  unavailable,
  type WindowFigures,
} from '@spsc/core'
import { median } from 'simple-statistics'

/** A figure of one replicate by which rows are compared. */
export interface Kpi {
  readonly name: string
  readonly unit: FigureComparison['unit']
  /** Shares of A say nothing where A may be 0: such figures are compared by their difference. */
  readonly scale: EffectScale
  /** What is worse; `neither`: it only says where time goes. */
  readonly worse: 'more' | 'less' | 'neither'
  /** Whether the run's clock sets a floor to it. */
  readonly hasFloor: boolean
  readonly of: (record: MeasuredRecord) => number | Unavailable
}

/** What a collector stored, or why there is nothing. */
function collected<Data>({ collectors }: MeasuredRecord, name: string): Data | Unavailable {
  const data: unknown = collectors[name]
  if (isUnavailable(data)) return data
  if (typeof data !== 'object' || data === null) return unavailable(`no collector ${name}: --collect ${name}`)
  return data as Data
}

function medianOfWindows(
  interval: 'latency' | 'response',
  figure: Exclude<keyof WindowFigures, 'n'>,
): (record: MeasuredRecord) => number | Unavailable {
  return (record) => {
    const data = collected<HistogramData>(record, 'histogram')
    if (isUnavailable(data)) return data
    if (isUnavailable(data[interval])) return data[interval]
    if (!Array.isArray(data.windows)) return unavailable('measured before there were windows; measure it anew')
    const values = data.windows.flatMap((window) => {
      const figures = window[interval]
      return isUnavailable(figures) ? [] : [figures[figure]]
    })
    return values.length === 0 ? unavailable('no window has a delivered item') : median(values)
  }
}

/** Median over the windows of what their worst 1 % spent in a segment. */
function worstIn(segment: LedgerSegment): (record: MeasuredRecord) => number | Unavailable {
  return (record) => {
    const data = collected<LedgerData>(record, 'ledger')
    if (isUnavailable(data)) return data
    const summary = data.segments[segment]
    if (isUnavailable(summary)) return summary
    return median(data.windows.map(({ mean_ns }) => mean_ns[segment] ?? 0))
  }
}

function percentile(interval: 'latency' | 'response', at: 'p50' | 'p99'): Kpi {
  const of = medianOfWindows(interval, `${at}_ns`)
  return { name: `${interval}.${at}`, unit: 'ns', scale: 'ratio', worse: 'more', hasFloor: interval === 'latency', of }
}

/**
 * The figures that comparisons are made of. A percentile is the median over one-second windows of the window's: one
 * burst then spoils one window, not the replicate, and a false alarm stays as rare with far more power than by the p99
 * of the whole replicate.
 */
export const KPIS: readonly Kpi[] = [
  percentile('latency', 'p50'),
  percentile('latency', 'p99'),
  percentile('response', 'p50'),
  percentile('response', 'p99'),
  {
    name: 'ops_s',
    unit: 'items/s',
    scale: 'ratio',
    worse: 'less',
    hasFloor: false,
    of: ({ ops_s }) => (ops_s > 0 ? ops_s : unavailable('no item was delivered')),
  },
  {
    name: 'drop_rate',
    unit: 'share',
    scale: 'difference',
    worse: 'more',
    hasFloor: false,
    of: ({ drop_rate }) => drop_rate,
  },
  ...LEDGER_SEGMENTS.map(
    (segment): Kpi => ({
      name: `ledger.${segment}`,
      unit: 'ns',
      scale: 'difference',
      worse: 'neither',
      hasFloor: false,
      of: worstIn(segment),
    }),
  ),
]

/** The figure of that name. @example findKpi('latency.p99')?.unit // 'ns' */
export function findKpi(name: string): Kpi | undefined {
  return KPIS.find((kpi) => kpi.name === name)
}
