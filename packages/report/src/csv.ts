import { stripVTControlCharacters } from 'node:util'
import { isUnavailable, type ResultRecord, SETTINGS } from '@spsc/core'
import { stringify } from 'csv-stringify/sync'
import { type Distribution, distributionOf, isPaced } from './distribution.js'
import { floorOf } from './floor.js'
import { groundColumn } from './ground.js'
import { ageOf, goodputOf, hasDeadline, p99OfOffered, residualOf } from './offered.js'
import { firstPhaseOf } from './perf-stat.js'
import { SCHED_COLUMNS } from './sched-columns.js'

/** Stands where a figure applies but was not measured. */
const UNAVAILABLE = 'unavailable'
/** Stands where there is nothing to give: the error of a good replicate, the planned rate at interval 0. */
const NOT_APPLICABLE = ''

type Cell = string | number
type Columns = Readonly<Record<string, (record: ResultRecord) => Cell | undefined>>

/** Six decimals of a millisecond are one nanosecond: nothing is lost. `inf`: a dropped item's, which never arrived. */
function inMilliseconds(ns: number | undefined): Cell | undefined {
  if (ns === undefined) return undefined
  return Number.isFinite(ns) ? (ns / 1e6).toFixed(6) : 'inf'
}

function milliseconds(interval: 'latency' | 'response', figure: keyof Distribution) {
  return (record: ResultRecord) => inMilliseconds(distributionOf(record, interval)?.[figure])
}

// At interval 0 nothing is due at a time.
function paced(value: (record: ResultRecord) => Cell | undefined) {
  return (record: ResultRecord) => (isPaced(record) ? value(record) : NOT_APPLICABLE)
}

function response(figure: keyof Distribution) {
  return paced(milliseconds('response', figure))
}

/** A millionth is enough, and in numbers a minus is no formula. */
function roundedResidual(record: ResultRecord): Cell | undefined {
  const residual = residualOf(record)
  return residual === undefined ? undefined : Math.round(residual * 1e6) / 1e6
}

function goodput(figure: 'share' | 'ops_s') {
  return (record: ResultRecord) => (hasDeadline(record) ? goodputOf(record)?.[figure] : NOT_APPLICABLE)
}

function measured(figure: 'ops_s' | 'drop_rate' | 'offered' | 'delivered' | 'dropped' | 'offered_ops_s') {
  return (record: ResultRecord) => (record.status === 'ok' ? record[figure] : undefined)
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

function planned(figure: 'planned_ops_s' | 'rate_ratio') {
  return paced((record) => (record.status === 'ok' ? record[figure] : undefined))
}

/** A count of perf's in the first measured phase, under any of perf's names for it; a part of it is not it. */
function perfCount(...names: readonly string[]) {
  return (record: ResultRecord): Cell | undefined => {
    const phase = firstPhaseOf(record)
    if (phase === undefined) return NOT_APPLICABLE
    if (isUnavailable(phase)) return undefined
    const event = phase.events.find((candidate) => names.includes(candidate.event.replace(/:.*/, '')))
    if (event === undefined) return NOT_APPLICABLE
    return typeof event.value === 'number' && names.includes(event.event) ? event.value : undefined
  }
}

/** Seconds in which those were counted. */
function perfWindow(record: ResultRecord): Cell | undefined {
  const phase = firstPhaseOf(record)
  if (phase === undefined) return NOT_APPLICABLE
  return isUnavailable(phase) ? undefined : (phase.window_ns / 1e9).toFixed(9)
}

/** Every column and what stands in it. Those before the settings keep their positions; settings come in schema order. */
const COLUMNS: Columns = {
  scenario: (record) => record.scenario,
  queue: (record) => record.queue,
  replicate: (record) => record.replicate,
  p50_ms: milliseconds('latency', 'p50_ns'),
  p95_ms: milliseconds('latency', 'p95_ns'),
  p99_ms: milliseconds('latency', 'p99_ns'),
  ops_s: measured('ops_s'),
  drop_rate: measured('drop_rate'),
  offered: measured('offered'),
  delivered: measured('delivered'),
  dropped: measured('dropped'),
  status: (record) => record.status,
  error: (record) => (record.status === 'failed' ? record.error.code : NOT_APPLICABLE),
  p99_9_ms: milliseconds('latency', 'p99_9_ns'),
  max_ms: milliseconds('latency', 'max_ns'),
  response_p50_ms: response('p50_ns'),
  response_p99_ms: response('p99_ns'),
  sampled: (record) => distributionOf(record, 'latency')?.n,
  planned_ops_s: planned('planned_ops_s'),
  offered_ops_s: measured('offered_ops_s'),
  floor_ns: floorOf,
  response_p95_ms: response('p95_ns'),
  rate_ratio: planned('rate_ratio'),
  rate_cause: (record) => (record.status === 'ok' && record.rate_cause) || NOT_APPLICABLE,
  ...Object.fromEntries(SETTINGS.map((key) => [snakeCase(key), (record: ResultRecord) => record.config[key]])),
  order: (record) => record.order,
  seed: (record) => record.seed,
  started_at: (record) => record.started_at,
  task_clock_ms: perfCount('task-clock', 'task-clock:u'),
  context_switches: perfCount('context-switches', 'cs'),
  cpu_migrations: perfCount('cpu-migrations', 'migrations'),
  page_faults: perfCount('page-faults', 'faults'),
  perf_window_s: perfWindow,
  ...SCHED_COLUMNS,
  ground: groundColumn,
  offered_p99_ms: (record) => inMilliseconds(p99OfOffered(record, 'latency')),
  offered_response_p99_ms: paced((record) => inMilliseconds(p99OfOffered(record, 'response'))),
  on_time: goodput('share'),
  goodput_ops_s: goodput('ops_s'),
  age_ms: paced((record) => inMilliseconds(ageOf(record)?.mean_ns)),
  peak_age_p99_ms: paced((record) => inMilliseconds(ageOf(record)?.peak_p99_ns)),
  littles_law_residual: paced(roundedResidual),
}

// What a terminal obeys goes first: behind it may stand what a spreadsheet obeys. A line break stays in its quotes.
function harmless(cell: Cell): Cell {
  return typeof cell === 'number' ? cell : stripVTControlCharacters(cell).replace(/(?!\n)[\p{Cc}\p{Cf}]/gu, '')
}

/**
 * `NAME_metrics.csv` (RFC 4180, LF): a header and one row per record, in the order stored.
 *
 * Times are milliseconds with six decimals, rates are per wall second, settings have the units of the scenario schema.
 * `unavailable` stands where a figure was not measured, an empty cell where the column does not apply (the error of a
 * good replicate, at interval 0 the planned rate and the response, figures of a collector that was not asked for). Text that a spreadsheet
 * would run as a formula gets a leading `'`, control codes are left out.
 *
 * @example
 * toCsv(records) // 'scenario,queue,replicate,p50_ms,...\nbaseline,sab,1,0.060032,...\n'
 */
export function toCsv(records: readonly ResultRecord[]): string {
  const { header, rows } = csvTable(records)
  return stringify([header, ...rows], { escape_formulas: true })
}

/** What the CSV holds, as texts, free of control codes, and numbers. */
export function csvTable(records: readonly ResultRecord[]): {
  readonly header: readonly string[]
  readonly rows: readonly (readonly Cell[])[]
} {
  const cells = Object.values(COLUMNS)
  return {
    header: Object.keys(COLUMNS),
    rows: records.map((record) => cells.map((cell) => harmless(cell(record) ?? UNAVAILABLE))),
  }
}
