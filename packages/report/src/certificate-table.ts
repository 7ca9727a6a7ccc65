import { isUnavailable, type PacerError, type ResultRecord } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { certified } from './floor.js'
import { fixed } from './format.js'
import { medianAndRange } from './median-range.js'
import {
  type Block,
  cellName,
  code,
  columnsOf,
  type Inline,
  inline,
  listOf,
  paragraphs,
  type Section,
  sectionOf,
} from './section.js'
import type { Figure } from './table.js'

interface Column {
  readonly title: string
  /** Where the figure stands in the certificate. */
  readonly path: readonly string[]
  readonly format: (value: number) => string
}

function signed(value: number, format: (value: number) => string): string {
  return value < 0 ? `−${format(-value)}` : format(value)
}

const ns = (value: number) => signed(value, (absolute) => fixed(absolute, 0))
const us = (value: number) => signed(value / 1000, (absolute) => fixed(absolute, 1))

const COLUMNS: readonly Column[] = [
  { title: 'floor (ns)', path: ['floor_ns'], format: ns },
  { title: 'offset from (ns)', path: ['skew_ns', 'lo'], format: ns },
  { title: 'to (ns)', path: ['skew_ns', 'hi'], format: ns },
  { title: 'hand-off (ns)', path: ['handoff_ns', 'median'], format: ns },
  { title: 'least (ns)', path: ['handoff_ns', 'min'], format: ns },
  { title: 'stamp, producer (ns)', path: ['stamp_ns', 'producer', 'median'], format: ns },
  { title: 'consumer (ns)', path: ['stamp_ns', 'consumer', 'median'], format: ns },
  { title: 'recorder, producer (ns)', path: ['recorder_ns', 'producer', 'median'], format: ns },
  { title: 'consumer (ns)', path: ['recorder_ns', 'consumer', 'median'], format: ns },
  { title: 'largest gap, producer (µs)', path: ['noise', 'producer', 'largest_gap_ns'], format: us },
  { title: 'consumer (µs)', path: ['noise', 'consumer', 'largest_gap_ns'], format: us },
  { title: 'gaps, producer (%)', path: ['noise', 'producer', 'share'], format: (share) => fixed(100 * share, 2) },
  { title: 'consumer (%)', path: ['noise', 'consumer', 'share'], format: (share) => fixed(100 * share, 2) },
]

/** What stands at the end of a path: a number, a reason, or nothing of either kind. */
function lookUp(record: ResultRecord, [part, ...path]: readonly string[]): unknown {
  let found = certified(record, part as string)
  for (const key of path) {
    if (isUnavailable(found) || typeof found !== 'object' || found === null) return found
    found = (found as Record<string, unknown>)[key]
  }
  return found
}

/** Of what may be negative, where a dash would read as a sign. */
function figureOf(values: readonly number[], format: Column['format']): Figure {
  return values.length === 0 ? { median: 'unavailable' } : medianAndRange(values, format, ' to ')
}

function isFigure(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

function table(figures: readonly string[], rows: readonly (readonly (string | Figure)[])[]): Block {
  return { table: { columns: columnsOf(['scenario', 'queue'], figures), rows } }
}

function mainTable(cells: readonly Cell[]): Block {
  const rows = cells.map((cell) => [
    cell.scenario,
    cell.queue,
    ...COLUMNS.map(({ path, format }) =>
      figureOf(cell.records.map((record) => lookUp(record, path)).filter(isFigure), format),
    ),
  ])
  return table(
    COLUMNS.map(({ title }) => title),
    rows,
  )
}

function waitsOf(record: ResultRecord): readonly PacerError[] {
  const waits = lookUp(record, ['pacer', 'waits'])
  if (!Array.isArray(waits)) return []
  return (waits as Partial<PacerError>[]).filter(
    (wait): wait is PacerError =>
      isFigure(wait?.wait_ns) && isFigure(wait.overshoot_ns?.median) && isFigure(wait.overshoot_ns.max),
  )
}

/** One row per cell and length of wait; none where nothing is paced. */
function pacerTable(cells: readonly Cell[]): readonly Block[] {
  const rows = cells.flatMap((cell) => {
    const waits = cell.records.flatMap(waitsOf)
    const lengths = [...new Set(waits.map(({ wait_ns }) => wait_ns))].sort((a, b) => a - b)
    return lengths.map((length) => {
      const errors = waits.filter(({ wait_ns }) => wait_ns === length).map(({ overshoot_ns }) => overshoot_ns)
      const figure = (key: 'median' | 'max') =>
        figureOf(
          errors.map((error) => error[key]),
          us,
        )
      return [cell.scenario, cell.queue, us(length), figure('median'), figure('max')]
    })
  })
  if (rows.length === 0) return []
  return [table(['wait (µs)', 'late by, median (µs)', 'at most (µs)'], rows)]
}

const PATHS = [...COLUMNS.map(({ path }) => path), ['pacer']]

/** Each reason once per cell, whatever it is the reason of. */
function reasons(cells: readonly Cell[]): readonly Inline[] {
  return cells.flatMap((cell) => {
    const found = cell.records
      .filter(({ status }) => status === 'ok')
      .flatMap((record) => PATHS.map((path) => lookUp(record, path)))
      .map((value) => (isUnavailable(value) ? value.unavailable : value === undefined ? 'not stored' : undefined))
      .filter((reason) => reason !== undefined)
    return [...new Set(found)].map((reason) => inline`${cellName(cell)}: ${reason}`)
  })
}

const NOTES: readonly Block[] = [
  ...paragraphs(
    inline`Measured by the two threads of each replicate when its phases were over; medians over replicates, with the lowest and the highest. A latency below the floor means nothing and stands as ${code('<floor')} in the tables above.`,
  ),
  ...listOf([
    'Floor: the largest of the clock offset’s bounds, without sign, and of one stamp of each thread.',
    'Offset: bounds of the consumer’s clock minus the producer’s; a word that went to and fro came after it was sent, both ways. Hand-off: half of such a trip.',
    'Stamp: one reading of the clock. Recorder: what an item costs more when it is recorded, at each end.',
    'Gaps: time of more than 1 µs that a thread lost which did nothing but read the clock.',
  ]),
]

/** What the instruments of a run were good for; none where no record has a certificate. */
export function certificateSection(records: readonly ResultRecord[]): readonly Section[] {
  if (!records.some((record) => record.status === 'ok' && record.certificate !== undefined)) return []
  const cells = cellsOf(records).filter((cell) => cell.records.some(({ status }) => status === 'ok'))
  const missing = reasons(cells)
  const blocks = [
    ...NOTES,
    mainTable(cells),
    ...pacerTable(cells),
    ...(missing.length === 0 ? [] : [...paragraphs('Not measured:'), ...listOf(missing)]),
  ]
  return sectionOf('Certificate', blocks, 'What the instruments were good for')
}
