import { deflateSync } from 'node:zlib'
import type { ResultRecord } from '@spsc/core'
import { median } from 'simple-statistics'
import { type Cell, cellsOf } from '../cells.js'
import { medianAt, type Quantiles, quantilesOfCell } from '../charts/quantiles.js'
import { toCsv } from '../csv.js'
import { distributionOf } from '../distribution.js'
import { floorOf } from '../floor.js'
import { oneLine } from '../text.js'
import { packLine } from './packing.js'
import type { CellData, Figures, PageData, PointData, ReplicateData } from './page-data.js'

const POINTS_PER_DECADE = 12

/** Digits that a curve can show: buckets are 0.8 % wide. */
function rounded(value: number): number {
  return Number(value.toPrecision(4))
}

/** Up to the largest percentile that the fewest items of a replicate can tell apart. */
function curveOf(replicates: readonly Quantiles[]): readonly PointData[] {
  if (replicates.length === 0) return []
  const n = Math.min(...replicates.map((one) => one.n))
  const points: PointData[] = []
  for (let step = 0; 10 ** (step / POINTS_PER_DECADE) < n; step++) {
    const x = 10 ** (step / POINTS_PER_DECADE)
    points.push([rounded(x), rounded(medianAt(replicates, 1 - 1 / x))])
  }
  return [...points, [n, rounded(medianAt(replicates, 1))]]
}

function replicateData(record: ResultRecord, quantiles: readonly Quantiles[]): readonly ReplicateData[] {
  if (record.status === 'failed') return []
  const latency = distributionOf(record, 'latency')
  const floor = floorOf(record)
  return [
    {
      replicate: record.replicate,
      order: record.order,
      ...(latency && { p50: latency.p50_ns / 1e6, p95: latency.p95_ns / 1e6, p99: latency.p99_ns / 1e6 }),
      ops: record.ops_s,
      drop: record.drop_rate,
      ...(floor !== undefined && { floor: floor / 1e6 }),
      ...(record.invalid !== undefined && { invalid: true }),
      curve: curveOf(quantiles.filter(({ replicate }) => replicate === record.replicate)),
    },
  ]
}

const FIGURES = ['p50', 'p95', 'p99', 'ops', 'drop'] as const satisfies readonly (keyof Figures)[]

function mediansOf(replicates: readonly ReplicateData[]): Figures {
  const medians = FIGURES.flatMap((key) => {
    const values = replicates.map((replicate) => replicate[key]).filter((value) => value !== undefined)
    return values.length === 0 ? [] : [[key, median(values)]]
  })
  return Object.fromEntries(medians)
}

/** Names of cells: the scenario, and the queue where the run has several. */
export function labelOf({ scenario, queue }: Cell, cells: readonly Cell[]): string {
  const isOneQueue = cells.every((cell) => cell.queue === queue)
  return oneLine(isOneQueue ? scenario : `${scenario} on ${queue}`)
}

function cellData(cell: Cell, cells: readonly Cell[]): CellData {
  const quantiles = quantilesOfCell(cell)
  const replicates = cell.records.flatMap((record) => replicateData(record, quantiles))
  return {
    label: labelOf(cell, cells),
    medians: mediansOf(replicates),
    curve: curveOf(quantiles),
    replicates: replicates.sort((a, b) => a.order - b.order),
  }
}

function compressed(text: string): string {
  return deflateSync(text).toString('base64')
}

/** What a page carries for its script, from the records alone. */
export function pageDataOf(records: readonly ResultRecord[], name: string): PageData {
  const cells = cellsOf(records)
  const lines = records.map((record) => packLine(JSON.stringify(record)))
  return {
    name,
    cells: cells.map((cell) => cellData(cell, cells)),
    csv: compressed(toCsv(records)),
    ndjson: compressed(lines.join('\n')),
  }
}
