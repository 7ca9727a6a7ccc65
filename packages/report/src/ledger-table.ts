import { isUnavailable, LEDGER_SEGMENTS, type LedgerData, type LedgerSegment, type ResultRecord } from '@spsc/core'
import { markdownTable } from 'markdown-table'
import { median } from 'simple-statistics'
import { cellsOf } from './cells.js'
import { literal } from './markdown-text.js'
import { oneLine } from './text.js'

/** What each segment is, in plain words. */
const MEANINGS: Readonly<Record<LedgerSegment, string>> = {
  p_late: 'the producer woke up later than its item was due',
  p_runq: 'the producer could run, but another thread had its CPU',
  p_own: 'the producer was at work on this item or an earlier one',
  c_wake: 'the consumer was waking up for an item, or taking it',
  c_runq: 'the consumer was awake for it, but another thread had its CPU',
  s_cpu: 'the consumer was at work on this item or one ahead of it',
  s_runq: 'in the middle of that work another thread had its CPU',
  s_off: 'in the middle of that work the consumer slept or was stopped',
}

const VIEWS = { median_band: 'median band', worst: 'worst 1 %' } as const
type View = keyof typeof VIEWS

/** Medians over replicates, in nanoseconds. */
interface Line {
  readonly view: View
  readonly total: number
  /** `undefined`: could not be told apart. */
  readonly segments: readonly (number | undefined)[]
}

/** The ledger of one scenario on one queue. */
interface Entry {
  readonly name: string
  /** What is added up, and how many items of a replicate. */
  readonly about: string
  readonly lines: readonly Line[]
  /** What is to be said beneath. */
  readonly notes: readonly string[]
  /** Why segments could not be told apart. */
  readonly gaps: readonly string[]
}

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isLedger(value: unknown): value is LedgerData {
  const data = value as Partial<LedgerData> | null
  if (typeof data !== 'object' || data === null) return false
  const isView = (view: View) => Number.isFinite(data[view]?.mean_total_ns) && typeof data[view]?.mean_ns === 'object'
  return isView('median_band') && isView('worst') && Number.isFinite(data.sums?.mismatches)
}

function lineOf(ledgers: readonly LedgerData[], view: View): Line {
  const views = ledgers.map((ledger) => ledger[view])
  const segments = LEDGER_SEGMENTS.map((segment) => {
    const values = views.map(({ mean_ns }) => mean_ns[segment]).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : median(values)
  })
  return { view, total: median(views.map(({ mean_total_ns }) => mean_total_ns)), segments }
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

/** What the worst items owe most of their time to. */
function largest({ total, segments }: Line, holds: LedgerData['holds'] = {}): string {
  const most = Math.max(...segments.map((value) => value ?? 0))
  const segment = LEDGER_SEGMENTS[segments.indexOf(most)] as LedgerSegment
  const held = holds[segment]
  const named = held === undefined ? segment : `${segment} (with ${held.join(' and ')})`
  return `The worst are ${percent(total === 0 ? 0 : most / total)} ${named}: ${MEANINGS[segment]}.`
}

function gapsOf({ segments }: LedgerData): readonly string[] {
  return LEDGER_SEGMENTS.flatMap((segment) => {
    const summary = segments?.[segment]
    return isUnavailable(summary) ? [`${segment}: ${summary.unavailable}`] : []
  })
}

function entriesOf(records: readonly ResultRecord[]): readonly Entry[] {
  return cellsOf(records).flatMap(({ scenario, queue, records: replicates }) => {
    const stored = replicates.flatMap((record) => (record.status === 'ok' ? [record.collectors.ledger] : []))
    const name = `${scenario} on ${queue}`
    const ledgers = stored.filter(isLedger)
    const reasons = [...new Set(stored.filter(isUnavailable).map(({ unavailable }) => unavailable))]
    const notes = reasons.map((reason) => `unavailable: ${reason}`)
    const [first] = ledgers
    if (first === undefined) return notes.length === 0 ? [] : [{ name, about: '', lines: [], notes, gaps: [] }]
    const lines = [lineOf(ledgers, 'median_band'), lineOf(ledgers, 'worst')]
    const wrong = ledgers.reduce((sum, { sums }) => sum + sums.mismatches, 0)
    if (wrong > 0) notes.push(`The segments of ${wrong} items do not add up: these figures mean nothing.`)
    const items = Math.round(median(ledgers.map((ledger) => ledger.items)))
    const about = `${first.total}, ${items} items`
    return [{ name, about, lines, notes: [largest(lines[1] as Line, first.holds), ...notes], gaps: gapsOf(first) }]
  })
}

/** Microseconds, or milliseconds where a figure has more than six digits of them. */
function unitOf(entries: readonly Entry[]): { readonly name: string; readonly ns: number } {
  const most = Math.max(0, ...entries.flatMap(({ lines }) => lines.map(({ total }) => total)))
  return most < 1e9 ? { name: 'µs', ns: 1e3 } : { name: 'ms', ns: 1e6 }
}

function figure(ns: number | undefined, unitNs: number): string {
  if (ns === undefined) return '-'
  const value = ns / unitNs
  return value >= 1000 ? value.toFixed(0) : value.toFixed(1)
}

const LABEL_WIDTH = 12
const FIGURE_WIDTH = 7
const TERMINAL_WIDTH = 80

/** Breaks a line between words; what follows the first line is indented. */
function wrapped(text: string): string {
  const lines = ['']
  for (const word of oneLine(text).split(' ')) {
    const line = lines.at(-1) as string
    if (line.length + 1 + word.length <= TERMINAL_WIDTH)
      lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
    else lines.push(`  ${word}`)
  }
  return lines.map((line) => line.slice(0, TERMINAL_WIDTH)).join('\n')
}

/**
 * What items spent their time on, as plain text of at most 80 columns: for each scenario and queue the mean of the
 * ordinary items and of the worst 1 %. Empty where no record has a ledger.
 *
 * @example
 * toLedgerTable(records)
 * // Latency ledger in µs       total  p_late  p_runq   p_own  c_wake  c_runq ...
 */
export function toLedgerTable(records: readonly ResultRecord[]): string {
  const entries = entriesOf(records)
  if (entries.length === 0) return ''
  const unit = unitOf(entries)
  const row = (label: string, figures: readonly string[]) =>
    `${label.padEnd(LABEL_WIDTH)}${figures.map((text) => text.padStart(FIGURE_WIDTH)).join('')}`
  const body = entries.flatMap(({ name, about, lines, notes }) => [
    wrapped(about === '' ? name : `${name}: ${about}`),
    ...lines.map(({ view, total, segments }) =>
      row(
        VIEWS[view],
        [total, ...segments].map((ns) => figure(ns, unit.ns)),
      ),
    ),
    ...notes.map(wrapped),
  ])
  const gap = entries.some(({ gaps }) => gaps.length > 0)
  return [
    row(`ledger, ${unit.name}`, ['total', ...LEDGER_SEGMENTS]),
    ...body,
    ...LEDGER_SEGMENTS.map((segment) => `${segment.padEnd(6)}  ${MEANINGS[segment]}`),
    ...(gap ? ['-       could not be told apart: the report says where that time is'] : []),
    '',
  ].join('\n')
}

/** One line of the table for a drawing. */
export interface LedgerBar {
  readonly name: string
  /** Which items. */
  readonly view: string
  readonly total_ns: number
  /** With its unit. */
  readonly total: string
  /** Nanoseconds, in the order of `LEDGER_SEGMENTS`; `undefined`: could not be told apart. */
  readonly segments: readonly (number | undefined)[]
}

/** The lines of the table; none where no record has a ledger. */
export function ledgerBars(records: readonly ResultRecord[]): readonly LedgerBar[] {
  const entries = entriesOf(records)
  const unit = unitOf(entries)
  return entries.flatMap(({ name, lines }) =>
    lines.map(({ view, total, segments }) => ({
      name,
      view: VIEWS[view],
      total_ns: total,
      total: `${figure(total, unit.ns)} ${unit.name}`,
      segments,
    })),
  )
}

/** The same as Markdown; no blocks where no record has a ledger. */
export function ledgerSection(records: readonly ResultRecord[]): readonly string[] {
  const entries = entriesOf(records)
  if (entries.length === 0) return []
  const unit = unitOf(entries)
  const rows = entries.flatMap(({ name, lines }) =>
    lines.map(({ view, total, segments }) => [
      literal(name),
      VIEWS[view],
      ...[total, ...segments].map((ns) => figure(ns, unit.ns)),
    ]),
  )
  const table = markdownTable([['', 'items', 'total', ...LEDGER_SEGMENTS.map(literal)], ...rows], {
    align: ['l', 'l', ...['total', ...LEDGER_SEGMENTS].map(() => 'r')],
  })
  const said = entries.flatMap(({ name, about, notes, gaps }) => [
    `${literal(about === '' ? name : `${name} (${about})`)}: ${literal(notes.join(' '))}`,
    ...gaps.map((gap) => `${literal(name)}: ${literal(gap)}`),
  ])
  const list = (items: readonly string[]) => items.map((item) => `- ${item}`).join('\n')
  return [
    '## Latency ledger',
    `What items spent their time on, in ${unit.name}: the mean of those between the 40th and the 60th percentile, and of the worst 1 %; medians over replicates. An item that waits behind others is charged with whatever held these up.`,
    ...(rows.length === 0 ? [] : [table]),
    list(said),
    list(LEDGER_SEGMENTS.map((segment) => `\`${segment}\`: ${MEANINGS[segment]}`)),
  ]
}
