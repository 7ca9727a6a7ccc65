import { isUnavailable, type ResultRecord, type Role, type SchedPhase, type Tier } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { fixed } from './format.js'
import { figureText, medianAndRange } from './median-range.js'
import { contaminationOf, figureOf, ROLES, schedGaps, schedOf } from './sched.js'
import {
  type Block,
  cellName,
  columnsOf,
  type Inline,
  inline,
  listOf,
  paragraphs,
  type Section,
  sectionOf,
} from './section.js'
import type { Figure } from './table.js'
import { cut, WIDTH } from './terminal-lines.js'
import { oneLine } from './text.js'

interface Row {
  readonly title: string
  /** One for each thread, or one of the machine. */
  readonly values: readonly Figure[]
  readonly tier: Tier
}

type Group = 'run' | 'switches' | 'migrations' | 'faults' | 'allowed' | 'gc' | 'event_loop_delay'

interface ThreadFigure {
  readonly title: string
  readonly group: Group
  /** Names of the figures that are added up. */
  readonly names: readonly string[]
  /** From the sum to what is shown. */
  readonly scale: (sum: number, phase: SchedPhase) => number | undefined
  readonly decimals: number
}

const percentOfTime = (ns: number, { wall_ns }: SchedPhase) => (100 * ns) / wall_ns
const percent = (share: number) => 100 * share
const perSecond = (count: number, { wall_ns }: SchedPhase) => (count * 1e9) / wall_ns
const perItem = (count: number, { delivered }: SchedPhase) => (delivered === 0 ? undefined : count / delivered)
const microsecondsPerItem = (ns: number, phase: SchedPhase) => perItem(ns / 1000, phase)
const asIs = (value: number) => value
const milliseconds = (ns: number) => ns / 1e6

function figure(
  title: string,
  [group, ...names]: readonly [Group, ...string[]],
  scale: ThreadFigure['scale'],
  decimals: number,
): ThreadFigure {
  return { title, group, names, scale, decimals }
}

const THREAD_FIGURES: readonly ThreadFigure[] = [
  figure('CPU (% of a CPU)', ['run', 'cpu_ns'], percentOfTime, 1),
  figure('run delay (% of time)', ['run', 'run_delay_ns'], percentOfTime, 1),
  figure('run delay (µs/item)', ['run', 'run_delay_ns'], microsecondsPerItem, 1),
  figure('voluntary switches/wall s', ['switches', 'voluntary'], perSecond, 0),
  figure('voluntary switches/item', ['switches', 'voluntary'], perItem, 2),
  figure('involuntary switches/wall s', ['switches', 'involuntary'], perSecond, 0),
  figure('involuntary switches/item', ['switches', 'involuntary'], perItem, 2),
  figure('migrations/wall s', ['migrations', 'count'], perSecond, 1),
  figure('page faults/wall s', ['faults', 'minor', 'major'], perSecond, 1),
  figure('foreign CPU (%)', ['allowed', 'foreign_share'], percent, 1),
  figure('steal (%)', ['allowed', 'steal_share'], percent, 1),
  figure('GC (count)', ['gc', 'count'], asIs, 0),
  figure('GC (ms)', ['gc', 'ns'], milliseconds, 2),
  figure('event-loop delay p99 (ms)', ['event_loop_delay', 'p99_ns'], milliseconds, 1),
]

interface MachineFigure {
  readonly title: string
  readonly value: (phase: SchedPhase) => number | undefined
  readonly decimals: number
}

const MACHINE_FIGURES: readonly MachineFigure[] = [
  {
    title: 'some task waited, PSI (%)',
    value: (phase) => scaled(figureOf(phase.pressure, 'some_ns'), (ns) => percentOfTime(ns, phase)),
    decimals: 1,
  },
  { title: 'throttled (times)', value: ({ throttling }) => figureOf(throttling, 'count'), decimals: 0 },
  {
    title: 'throttled (ms)',
    value: ({ throttling }) => scaled(figureOf(throttling, 'ns'), milliseconds),
    decimals: 1,
  },
]

function scaled(value: number | undefined, scale: (value: number) => number | undefined): number | undefined {
  return value === undefined ? undefined : scale(value)
}

function valueIn({ group, names, scale }: ThreadFigure, phase: SchedPhase, role: Role): number | undefined {
  const stored = phase.threads[role][group]
  const parts = names.map((name) => figureOf(stored, name))
  const sum = parts.reduce((total, part) => (total === undefined || part === undefined ? undefined : total + part), 0)
  return scaled(sum, (value) => scale(value, phase))
}

/** Of one figure of the replicates that have it. */
function spread(phases: readonly SchedPhase[], of: MachineFigure['value'], decimals: number): Figure | undefined {
  const values = phases.map(of).filter((value) => value !== undefined)
  return values.length === 0 ? undefined : medianAndRange(values, (value) => fixed(value, decimals))
}

function tierOf(phases: readonly SchedPhase[], group: Group): Tier {
  const stored = phases.flatMap(({ threads }) => ROLES.map((role) => threads[role][group]))
  return (stored.find((value) => !isUnavailable(value)) as { tier?: Tier } | undefined)?.tier ?? 'proc'
}

/** The figures of one cell that at least one replicate has. */
function rowsOf(phases: readonly SchedPhase[]): readonly Row[] {
  const threads = THREAD_FIGURES.flatMap((figure): readonly Row[] => {
    const values = ROLES.map((role) => spread(phases, (phase) => valueIn(figure, phase, role), figure.decimals))
    if (values.every((value) => value === undefined)) return []
    const shown = values.map((value) => value ?? { median: 'unavailable' })
    return [{ title: figure.title, values: shown, tier: tierOf(phases, figure.group) }]
  })
  const machine = MACHINE_FIGURES.flatMap(({ title, value, decimals }): readonly Row[] => {
    const shown = spread(phases, value, decimals)
    return shown === undefined ? [] : [{ title, values: [shown], tier: 'proc' }]
  })
  return [...threads, ...machine]
}

interface CellBlock {
  readonly cell: Cell
  readonly phase: string
  readonly rows: readonly Row[]
  /** How many replicates were judged. */
  readonly judged: number
  readonly contaminated: readonly { readonly replicate: number; readonly reasons: readonly string[] }[]
}

function blocksOf(records: readonly ResultRecord[]): readonly CellBlock[] {
  return cellsOf(records).flatMap((cell) => {
    const phases = cell.records.map(schedOf).filter((phase) => phase !== undefined)
    const [first] = phases
    if (first === undefined) return []
    const verdicts = cell.records.flatMap((record) => {
      const reasons = contaminationOf(record)
      return reasons === undefined ? [] : [{ replicate: record.replicate, reasons }]
    })
    const contaminated = verdicts.filter(({ reasons }) => reasons.length > 0)
    return [{ cell, phase: first.name, rows: rowsOf(phases), judged: verdicts.length, contaminated }]
  })
}

function verdict({ judged, contaminated }: CellBlock): string {
  if (judged === 0) return 'Contamination was not judged.'
  const names = contaminated.map(({ replicate }) => replicate).sort((a, b) => a - b)
  if (names.length === 0) return `Contaminated: none of ${judged}.`
  return `Contaminated: ${names.length} of ${judged} (replicate ${names.join(', ')}).`
}

/** What cells lack, each kind once: the reasons are long, and stand in the report. */
function gapNames(cell: Cell): string {
  const names = cell.records.flatMap((record) => schedGaps(record).map(({ what }) => what.replace(/ of the .*$/, '')))
  return [...new Set(names)].join(', ')
}

/** Rows in columns, the figures to the right. */
function aligned(rows: readonly Row[]): readonly string[] {
  const lines = [
    ['', ...ROLES, 'tier'],
    ...rows.map(({ title, values, tier }) => [title, ...both(values).map(figureText), tier]),
  ]
  const [first = 0, second = 0, third = 0] = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => line[column]?.length ?? 0)),
  )
  return lines.map(([title = '', producer = '', consumer = '', tier = '']) =>
    [title.padEnd(first), producer.padStart(second), consumer.padStart(third), tier].join('  '),
  )
}

function withoutRange(row: Row): Row {
  return { ...row, values: row.values.map(({ median }) => ({ median })) }
}

function fits(lines: readonly string[]): boolean {
  return lines.every((line) => line.length <= WIDTH)
}

function textBlock(block: CellBlock): string {
  const { cell, phase, rows } = block
  const full = aligned(rows)
  const gaps = gapNames(cell)
  return [
    `Scheduling: ${oneLine(cell.scenario)} on ${oneLine(cell.queue)}, phase ${oneLine(phase)}`,
    ...(fits(full)
      ? full
      : [...aligned(rows.map(withoutRange)), 'Medians over replicates; their ranges are in the report.']),
    verdict(block),
    ...(gaps === '' ? [] : [`Not measured: ${gaps}; the report says why.`]),
  ]
    .map((line) => cut(line))
    .join('\n')
}

/** Of the machine there is one value: it stands below the consumer's, at the end. */
function both(values: readonly Figure[]): readonly Figure[] {
  return values.length === 1 ? [{ median: '' }, ...values] : values
}

/**
 * What the `sched` collector found, for a terminal: a block of at most 80 columns for each scenario and queue, medians
 * over replicates with their range. Empty where nothing was collected; else it begins with an empty line.
 *
 * @example
 * schedText(records)
 * // Scheduling: baseline on sab, phase paced
 * //                           producer  consumer  tier
 * // CPU (% of a CPU)               3.6       2.0  proc
 * // …
 */
export function schedText(records: readonly ResultRecord[]): string {
  return blocksOf(records)
    .map((block) => `\n${textBlock(block)}\n`)
    .join('')
}

function blocksFor(block: CellBlock): readonly Block[] {
  const { cell, phase, rows, contaminated } = block
  const columns = [...columnsOf(['figure'], ROLES), ...columnsOf(['tier'], [])]
  const lines = rows.map(({ title, values, tier }) => [title, ...both(values), tier])
  return [
    ...paragraphs(inline`${cellName(cell)}, phase ${phase}:`),
    { table: { columns, rows: lines } },
    ...paragraphs(verdict(block)),
    ...listOf(contaminated.map(({ replicate, reasons }) => `replicate ${replicate}: ${reasons.join('; ')}`)),
  ]
}

const READING = [
  'Figures are of the window from before the gate opened until both threads were parked again, so a few switches of each thread are the gate’s.',
  'Run delay: runnable, and waiting for a CPU.',
  'Foreign CPU: what others than the two threads used of the CPUs that the thread may use.',
  'A figure of the machine stands in the last column of figures.',
  'Contaminated: foreign CPU > 10 %, steal > 1 %, or others waiting for a CPU > 10 % of the time.',
].join(' ')

/** The section of the report; nothing where nothing was collected. */
export function schedSection(records: readonly ResultRecord[]): readonly Section[] {
  const blocks = blocksOf(records)
  if (blocks.length === 0) return []
  const parts = [...paragraphs(READING), ...blocks.flatMap(blocksFor)]
  return sectionOf('Scheduling', parts, 'The kernel’s books, scenario by scenario')
}

/** What was not measured and why, cell by cell, each reason once. */
export function schedGapLines(records: readonly ResultRecord[]): readonly Inline[] {
  return cellsOf(records).flatMap((cell) => {
    const found = new Map<string, Set<string>>()
    for (const { what, reason } of cell.records.flatMap(schedGaps)) {
      // Threads have numbers of their own, which make the same reason look different.
      const cause = reason.replace(/\/proc\/\d+\/task\/\d+\//, '/proc/PID/task/TID/')
      found.set(cause, (found.get(cause) ?? new Set()).add(what))
    }
    return [...found].map(([reason, whats]) => inline`${cellName(cell)}: ${[...whats].join(', ')}: ${reason}`)
  })
}
