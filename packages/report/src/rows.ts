import type { ResultRecord } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { type Distribution, distributionOf, isPaced } from './distribution.js'
import { floorOf } from './floor.js'
import { atMost, fixed, proportion } from './format.js'
import { ageOf, goodputOf, hasDeadline, p99OfOffered } from './offered.js'
import { ascending, kthOf, medianOf, type Reading, readingOf } from './reading.js'
import type { Figure, Row, Table } from './table.js'

interface Column {
  readonly title: string
  readonly value: (record: ResultRecord) => number | undefined
  /** What lies below this means nothing. */
  readonly floor?: (record: ResultRecord) => number | undefined
  readonly format: (value: number) => string
  /** Rounds up. */
  readonly formatBound?: (value: number) => string
}

function percentiles(interval: 'latency' | 'response'): readonly Column[] {
  const column = (title: string, figure: keyof Distribution): Column => ({
    title,
    value: (record) => distributionOf(record, interval)?.[figure],
    floor: floorOf,
    format: (ns) => fixed(ns / 1e6, 3),
    formatBound: (ns) => atMost(ns / 1e6, 3),
  })
  return [column('p50 (ms)', 'p50_ns'), column('p95 (ms)', 'p95_ns'), column('p99 (ms)', 'p99_ns')]
}

const COLUMNS: readonly Column[] = [
  ...percentiles('latency'),
  {
    title: 'ops/s',
    value: (record) => (record.status === 'ok' ? record.ops_s : undefined),
    format: (rate) => fixed(rate, 0),
  },
  {
    title: 'drop',
    value: (record) => (record.status === 'ok' ? record.drop_rate : undefined),
    format: proportion,
  },
]

const ms = (ns: number) => (Number.isFinite(ns) ? fixed(ns / 1e6, 3) : '∞')

/** Of the offered items; what is of due times has no figure at interval 0. */
const OFFERED_LATENCY: Column = { title: 'p99 (ms)', value: (record) => p99OfOffered(record, 'latency'), format: ms }
const OFFERED_RESPONSE: Column = {
  title: 'response p99 (ms)',
  value: (record) => p99OfOffered(record, 'response'),
  format: ms,
}
const AGE_COLUMNS: readonly Column[] = [
  { title: 'age (ms)', value: (record) => ageOf(record)?.mean_ns, format: ms },
  { title: 'peak age p99 (ms)', value: (record) => ageOf(record)?.peak_p99_ns, format: ms },
]
const GOODPUT_COLUMNS: readonly Column[] = [
  { title: 'on time', value: (record) => goodputOf(record)?.share, format: proportion },
  { title: 'goodput/s', value: (record) => goodputOf(record)?.ops_s, format: (rate) => fixed(rate, 0) },
]

function figureOf(column: Column, records: readonly ResultRecord[]): Figure {
  const { format, formatBound = format } = column
  const text = ({ value, isBelow }: Reading) => (isBelow ? `<${formatBound(value)}` : format(value))
  const readings = ascending(
    records.flatMap((record) => {
      const value = column.value(record)
      return value === undefined ? [] : [readingOf(value, column.floor?.(record))]
    }),
  )
  const n = readings.length
  if (n === 0) return { median: 'unavailable' }
  const median = text(medianOf(readings))
  return n === 1 ? { median } : { median, range: `${text(kthOf(readings, 1))}–${text(kthOf(readings, n))}` }
}

/** Whether a figure of the table is only known to lie below the floor. */
export function hasFloors({ rows }: Table): boolean {
  const figures = rows.flatMap((row) => row.figures)
  return figures.some(({ median, range = '' }) => median.startsWith('<') || range.includes('<'))
}

function failureOf(records: readonly ResultRecord[]): string | undefined {
  const failed = records.filter((record) => record.status === 'failed')
  if (failed.length < records.length) return undefined
  return `failed: ${[...new Set(failed.map(({ error }) => error.code))].join(', ')}`
}

const RESPONSE_COLUMNS = percentiles('response')

function contentOf({ records }: Cell, columns: readonly Column[]): Omit<Row, 'names'> {
  const failure = failureOf(records)
  if (failure !== undefined) return { figures: [], failure }
  return { figures: columns.map((column) => figureOf(column, records)) }
}

function tableWith(columns: readonly Column[], records: readonly ResultRecord[]): Table {
  const cells = cellsOf(records)
  const severalQueues = new Set(cells.map(({ queue }) => queue)).size > 1
  const namesOf = (scenario: string, queue: string) => (severalQueues ? [scenario, queue] : [scenario])
  return {
    header: { names: namesOf('scenario', 'queue'), figures: columns.map(({ title }) => title) },
    rows: cells.map((cell) => ({ names: namesOf(cell.scenario, cell.queue), ...contentOf(cell, columns) })),
  }
}

/**
 * The seed's table: p50, p95, p99 in ms, ops/s and drop rate, one row per scenario and queue. Percentiles are taken per
 * replicate; a figure is the median of those, and below the floor of its records `<` and that. Replicates that failed
 * count in no figure.
 */
export function tableOf(records: readonly ResultRecord[]): Table {
  return tableWith(COLUMNS, records)
}

/** The same of the response, p50, p95 and p99 in ms; rows of interval 0, where nothing is due, are left out. */
export function responseTableOf(records: readonly ResultRecord[]): Table {
  return tableWith(RESPONSE_COLUMNS, records.filter(isPaced))
}

/**
 * What became of the offered items: the p99 with a dropped item as the slowest of all (`∞` where it is one), the age of
 * the freshest item done, and, where a row has a deadline, which share was done by it and how many a second.
 *
 * @param isNarrow leaves out the response: as wide as a terminal
 */
export function offeredTableOf(records: readonly ResultRecord[], isNarrow = false): Table {
  const percentiles = isNarrow ? [OFFERED_LATENCY] : [OFFERED_LATENCY, OFFERED_RESPONSE]
  const goodput = records.some(hasDeadline) ? GOODPUT_COLUMNS : []
  return tableWith([...percentiles, ...AGE_COLUMNS, ...goodput], records)
}
