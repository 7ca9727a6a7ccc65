import {
  cellKey,
  type HistogramData,
  isUnavailable,
  type MeasuredRecord,
  type ResultRecord,
  SpscError,
} from '@spsc/core'
import { median } from '@spsc/metrics'
import { unknownName } from './suggest.js'

/** One scenario on one queue: what is diagnosed, or what it is compared with. */
export interface WhyRow {
  readonly scenario: string
  readonly queue: string
  readonly records: readonly MeasuredRecord[]
}

/** Rows of a run of which something was measured, in the order of its table. */
export function rowsOf(records: readonly ResultRecord[]): readonly WhyRow[] {
  const rows = new Map<string, { scenario: string; queue: string; cell: number; records: MeasuredRecord[] }>()
  for (const record of records) {
    if (record.status !== 'ok') continue
    const { scenario, queue, cell } = record
    const key = cellKey(record)
    const row = rows.get(key) ?? { scenario, queue, cell, records: [] }
    row.records.push(record)
    rows.set(key, row)
  }
  return [...rows.values()].sort((a, b) => a.cell - b.cell)
}

/** Median of the replicates' p99 of the response, or of the latency where nothing is due; 0: not measured. */
function p99Of({ records }: WhyRow): number {
  const values = records.flatMap(({ collectors }) => {
    const histogram = collectors.histogram as HistogramData | { unavailable: string } | undefined
    if (histogram === undefined || isUnavailable(histogram)) return []
    const { response, latency } = histogram
    const summary = isUnavailable(response) ? latency : response
    return isUnavailable(summary) ? [] : [summary.p99_ns]
  })
  return values.length === 0 ? 0 : median(values)
}

function sorted(rows: readonly WhyRow[]): WhyRow[] {
  return [...rows].sort((a, b) => p99Of(b) - p99Of(a))
}

function named(rows: readonly WhyRow[], name: string, calledBy: string): readonly WhyRow[] {
  const found = rows.filter(({ scenario }) => scenario === name)
  if (found.length > 0) return found
  throw unknownName('cli', calledBy, name, [...new Set(rows.map(({ scenario }) => scenario))])
}

export interface Choice {
  readonly row: WhyRow
  /** Absent: there is nothing to compare with. */
  readonly against?: WhyRow
}

/** Rows that offer at one pace: of another regime nothing is to be learned. */
function comparable(row: WhyRow, other: WhyRow): boolean {
  const paceOf = ({ records: [record] }: WhyRow) => record?.config.prodIntervalUs
  return other !== row && other.queue === row.queue && paceOf(other) === paceOf(row)
}

/**
 * What `spsc why` is about: the scenario that was named, on the queue that was named, or the slowest; and what it is
 * compared with: what was named, else the baseline, else the fastest row that is comparable.
 *
 * @throws `ERR_UNKNOWN` naming what there is, `ERR_OPTION` where a scenario is to be compared with itself, `ERR_OUTPUT`
 * where nothing was measured
 */
export function chooseRows(
  rows: readonly WhyRow[],
  asked: {
    readonly scenario?: string | undefined
    readonly queue?: string | undefined
    readonly against?: string | undefined
  },
): Choice {
  if (rows.length === 0) {
    throw new SpscError('ERR_OUTPUT', 'cli', 'the run has no replicate with figures; measure it again')
  }
  const ofQueue = rows.filter(({ queue }) => asked.queue === undefined || queue === asked.queue)
  if (ofQueue.length === 0) {
    throw unknownName('cli', 'queue', asked.queue as string, [...new Set(rows.map(({ queue }) => queue))])
  }
  const isBaseline = ({ scenario }: WhyRow) => scenario.split(' ')[0] === 'baseline'
  const candidates = asked.scenario === undefined ? ofQueue : named(ofQueue, asked.scenario, 'scenario')
  const [row] = sorted(candidates) as [WhyRow, ...WhyRow[]]
  if (asked.against !== undefined) {
    const against = named(rows, asked.against, '--against').find(({ queue }) => queue === row.queue)
    if (against !== undefined && against !== row) return { row, against }
    throw new SpscError(
      'ERR_OPTION',
      'cli',
      `--against is ${JSON.stringify(asked.against)}; allowed: another scenario of the run on ${row.queue}`,
    )
  }
  const others = rows.filter((other) => comparable(row, other))
  const against = others.find(isBaseline) ?? sorted(others).at(-1)
  return against === undefined ? { row } : { row, against }
}
