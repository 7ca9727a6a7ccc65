import { LEDGER_SEGMENTS, type ResultRecord } from '@spsc/core'
import { median } from 'simple-statistics'
import { type Cell, cellsOf } from './cells.js'
import { type LedgerLine, largestOf, ledgerOf, MEANINGS, segmentName, sumsNote, VIEWS } from './ledger.js'
import { code, columnsOf, inline, listOf, paragraphs, type Section, sectionOf } from './section.js'
import { cut, wrap } from './terminal-lines.js'
import { oneLine } from './text.js'

/** Heading of its section. */
export const LEDGER_TITLE = 'Latency ledger'

/** The ledger of one scenario on one queue. */
interface Entry {
  readonly name: string
  /** What is added up, and how many items of a replicate. */
  readonly about: string
  readonly lines: readonly LedgerLine[]
  /** What is to be said beneath. */
  readonly notes: readonly string[]
  /** Why segments could not be told apart. */
  readonly gaps: readonly string[]
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`
}

function entryOf(cell: Cell): readonly Entry[] {
  const ledger = ledgerOf(cell)
  if (ledger === undefined) return []
  const { about, ledgers, lines, reasons, gaps } = ledger
  const name = `${cell.scenario} on ${cell.queue}`
  const unavailable = reasons.map((reason) => `unavailable: ${reason}`)
  if (about === undefined) return [{ name, about: '', lines, notes: unavailable, gaps: [] }]
  const { segment, share } = largestOf(lines[1] as LedgerLine)
  const items = Math.round(median(ledgers.map(({ data }) => data.items)))
  return [
    {
      ...{ name, about: `${about}, ${items} items`, lines },
      notes: [
        `The worst are ${percent(share)} ${segmentName(segment, ledger)}: ${MEANINGS[segment]}.`,
        ...unavailable,
        ...sumsNote(ledger),
      ],
      gaps: gaps.map(({ segment, reason }) => `${segment}: ${reason}`),
    },
  ]
}

function entriesOf(records: readonly ResultRecord[]): readonly Entry[] {
  return cellsOf(records).flatMap(entryOf)
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

/** Breaks a line between words; what follows the first line is indented. */
function wrapped(text: string): string {
  return wrap(oneLine(text).split(' '), '  ', { first: '' })
    .map((line) => cut(line))
    .join('\n')
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

/** The same as a section; none where no record has a ledger. */
export function ledgerSection(records: readonly ResultRecord[]): readonly Section[] {
  const entries = entriesOf(records)
  if (entries.length === 0) return []
  const unit = unitOf(entries)
  const rows = entries.flatMap(({ name, lines }) =>
    lines.map(({ view, total, segments }) => [
      name,
      VIEWS[view],
      ...[total, ...segments].map((ns) => figure(ns, unit.ns)),
    ]),
  )
  const columns = columnsOf(['', 'items'], ['total', ...LEDGER_SEGMENTS])
  const said = entries.flatMap(({ name, about, notes, gaps }) => [
    `${about === '' ? name : `${name} (${about})`}: ${notes.join(' ')}`,
    ...gaps.map((gap) => `${name}: ${gap}`),
  ])
  const blocks = [
    ...paragraphs(
      `What items spent their time on, in ${unit.name}: the mean of those between the 40th and the 60th percentile, and of the worst 1 %; medians over replicates. An item that waits behind others is charged with whatever held these up.`,
    ),
    ...(rows.length === 0 ? [] : [{ table: { columns, rows } }]),
    ...listOf(said),
    ...listOf(LEDGER_SEGMENTS.map((segment) => inline`${code(segment)}: ${MEANINGS[segment]}`)),
  ]
  return sectionOf(LEDGER_TITLE, blocks, 'The ledger in figures')
}
