import { deflateSync } from 'node:zlib'
import type { MeasuredRecord, ResultRecord } from '@spsc/core'
import { median } from 'simple-statistics'
import { type Cell, cellsOf } from '../cells.js'
import { medianAt, type Quantiles, quantilesOfCell } from '../charts/quantiles.js'
import { toCsv } from '../csv.js'
import { distributionOf } from '../distribution.js'
import { floorOf } from '../floor.js'
import { ascending, medianOf, type Reading, readingOf } from '../reading.js'
import { oneLine } from '../text.js'
import { WINDOW_FIGURES } from '../window-figures.js'
import { type Course, coursesOf, togetherOf, type Window } from '../windows.js'
import { labelsOf } from './labels.js'
import { packLine } from './packing.js'
import type { CellFigures, Figures, PageData, Percentile, PointData, ReplicateData, WindowData } from './page-data.js'

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

const PERCENTILES = ['p50', 'p95', 'p99'] as const satisfies readonly Percentile[]

/** Figures of which some percentiles are only known to lie below their floor. */
function withReadings(readings: readonly (readonly [Percentile, Reading])[], others: Omit<Figures, 'below'>): Figures {
  const percentiles = Object.fromEntries(readings.map(([key, { value }]) => [key, value / 1e6]))
  return { ...percentiles, ...others, below: readings.filter(([, { isBelow }]) => isBelow).map(([key]) => key) }
}

function readingsOf(record: ResultRecord): readonly (readonly [Percentile, Reading])[] {
  const latency = distributionOf(record, 'latency')
  if (latency === undefined) return []
  return PERCENTILES.map((key) => [key, readingOf(latency[`${key}_ns`], floorOf(record))])
}

function windowData({ at_s, latency, dropped, items }: Window): WindowData {
  const [p50, p99, max] = WINDOW_FIGURES.map((figure) => (latency ? rounded(latency[figure].value) : null))
  return [at_s, p50 ?? null, p99 ?? null, max ?? null, dropped, items]
}

function replicateData(
  record: MeasuredRecord,
  quantiles: readonly Quantiles[],
  courses: readonly Course[],
): ReplicateData {
  const { replicate, order, ops_s: ops, drop_rate: drop, invalid } = record
  return {
    replicate,
    order,
    ...withReadings(readingsOf(record), { ops, drop }),
    ...(invalid !== undefined && { invalid: true }),
    curve: curveOf(quantiles.filter((one) => one.replicate === replicate)),
    course: courses.filter((one) => one.replicate === replicate).flatMap(({ windows }) => windows.map(windowData)),
  }
}

function mediansOf(records: readonly MeasuredRecord[]): Figures {
  if (records.length === 0) return { below: [] }
  const readings = records.flatMap(readingsOf)
  const medians = PERCENTILES.flatMap((percentile) => {
    const found = readings.filter(([key]) => key === percentile).map(([, reading]) => reading)
    return found.length === 0 ? [] : [[percentile, medianOf(ascending(found))] as const]
  })
  const of = (figure: 'ops_s' | 'drop_rate') => median(records.map((record) => record[figure]))
  return withReadings(medians, { ops: of('ops_s'), drop: of('drop_rate') })
}

/** What charts show of one cell. */
export function cellFigures(cell: Cell): CellFigures {
  const measured = cell.records.filter((record) => record.status === 'ok').sort((a, b) => a.order - b.order)
  const quantiles = quantilesOfCell(cell)
  const courses = coursesOf(cell)
  return {
    medians: mediansOf(measured),
    curve: curveOf(quantiles),
    course: togetherOf(courses).map(windowData),
    replicates: measured.map((record) => replicateData(record, quantiles, courses)),
  }
}

/** Names of cells: the scenario, and the queue where the run has several. */
export function labelsOfCells(cells: readonly Cell[]): readonly string[] {
  return labelsOf(cells.map(({ scenario, queue }) => ({ scenario: oneLine(scenario), queue: oneLine(queue) })))
}

function compressed(text: string): string {
  return deflateSync(text).toString('base64')
}

/** What a page carries for its script, from the records alone. */
export function pageDataOf(records: readonly ResultRecord[], name: string): PageData {
  const cells = cellsOf(records)
  const labels = labelsOfCells(cells)
  const lines = records.map((record) => packLine(JSON.stringify(record)))
  return {
    name,
    cells: cells.map((cell, index) => ({ label: labels[index] as string, ...cellFigures(cell) })),
    csv: compressed(toCsv(records)),
    ndjson: compressed(lines.join('\n')),
  }
}
