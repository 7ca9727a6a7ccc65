import { isUnavailable, LEDGER_SEGMENTS, type LedgerData, type LedgerSegment, type LedgerVector } from '@spsc/core'
import { median } from 'simple-statistics'
import type { Cell } from './cells.js'

/** What each segment is, in plain words. */
export const MEANINGS: Readonly<Record<LedgerSegment, string>> = {
  p_late: 'the producer woke up later than its item was due',
  p_runq: 'the producer could run, but another thread had its CPU',
  p_own: 'the producer was at work on this item or an earlier one',
  c_wake: 'the consumer was waking up for an item, or taking it',
  c_runq: 'the consumer was awake for it, but another thread had its CPU',
  s_cpu: 'the consumer was at work on this item or one ahead of it',
  s_runq: 'in the middle of that work another thread had its CPU',
  s_off: 'in the middle of that work the consumer slept or was stopped',
}

export const VIEWS = { median_band: 'median band', worst: 'worst 1 %' } as const
export type View = keyof typeof VIEWS

/** One view of a cell: medians over its replicates, in nanoseconds. */
export interface LedgerLine {
  readonly view: View
  readonly total: number
  /** In the order of `LEDGER_SEGMENTS`; `undefined`: could not be told apart. */
  readonly segments: readonly (number | undefined)[]
}

/** The ledger of one scenario on one queue. */
export interface CellLedger {
  /** What is added up: of its first replicate that has a ledger. */
  readonly about?: LedgerData['total']
  /** Those of its replicates that have one. */
  readonly ledgers: readonly { readonly replicate: number; readonly data: LedgerData }[]
  /** Why others have none, each reason once. */
  readonly reasons: readonly string[]
  /** Of both views; none where no replicate has a ledger. */
  readonly lines: readonly LedgerLine[]
  /** Items whose segments do not add up to their total. */
  readonly mismatches: number
  /** Segments that could not be told apart, and why. */
  readonly gaps: readonly { readonly segment: LedgerSegment; readonly reason: string }[]
}

function isVector(value: unknown): value is LedgerVector {
  if (typeof value !== 'object' || value === null) return false
  return LEDGER_SEGMENTS.every((segment) => {
    const ns = (value as LedgerVector)[segment]
    return ns === undefined || (Number.isFinite(ns) && ns >= 0)
  })
}

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isLedger(value: unknown): value is LedgerData {
  const data = value as Partial<LedgerData> | null
  if (typeof data !== 'object' || data === null) return false
  const isView = (view: View) => Number.isFinite(data[view]?.mean_total_ns) && isVector(data[view]?.mean_ns)
  if (!isView('median_band') || !isView('worst') || typeof data.total !== 'string') return false
  return Number.isFinite(data.items) && Number.isFinite(data.sums?.mismatches)
}

function lineOf(ledgers: readonly LedgerData[], view: View): LedgerLine {
  const views = ledgers.map((ledger) => ledger[view])
  const segments = LEDGER_SEGMENTS.map((segment) => {
    const values = views.map(({ mean_ns }) => mean_ns[segment]).filter((value) => value !== undefined)
    return values.length === 0 ? undefined : median(values)
  })
  return { view, total: median(views.map(({ mean_total_ns }) => mean_total_ns)), segments }
}

function gapsOf({ segments }: LedgerData): CellLedger['gaps'] {
  return LEDGER_SEGMENTS.flatMap((segment) => {
    const summary = segments?.[segment]
    return isUnavailable(summary) ? [{ segment, reason: summary.unavailable }] : []
  })
}

/** What the `ledger` collector stored of a cell; `undefined` where it was not there. */
export function ledgerOf({ records }: Cell): CellLedger | undefined {
  const stored = records.flatMap((record) =>
    record.status === 'ok' ? [{ replicate: record.replicate, data: record.collectors.ledger }] : [],
  )
  const ledgers = stored.flatMap(({ replicate, data }) => (isLedger(data) ? [{ replicate, data }] : []))
  const reasons = [...new Set(stored.flatMap(({ data }) => (isUnavailable(data) ? [data.unavailable] : [])))]
  const found = ledgers.map(({ data }) => data)
  const [first] = found
  if (first === undefined) {
    return reasons.length === 0 ? undefined : { ledgers, reasons, lines: [], mismatches: 0, gaps: [] }
  }
  return {
    about: first.total,
    ledgers,
    reasons,
    lines: [lineOf(found, 'median_band'), lineOf(found, 'worst')],
    mismatches: found.reduce((sum, { sums }) => sum + sums.mismatches, 0),
    gaps: gapsOf(first),
  }
}

/** Segments whose time this one holds, since they could not be told apart. */
export function heldBy(segment: LedgerSegment, { ledgers }: CellLedger): readonly LedgerSegment[] {
  const held = ledgers[0]?.data.holds?.[segment]
  return Array.isArray(held) ? held : []
}

/** A segment with those that it holds, in words. */
export function segmentName(segment: LedgerSegment, ledger: CellLedger): string {
  const held = heldBy(segment, ledger)
  return held.length === 0 ? segment : `${segment} (with ${held.join(' and ')})`
}

/** The segment that most of a line's time is in, and its share of the total. */
export function largestOf({ total, segments }: LedgerLine): {
  readonly segment: LedgerSegment
  readonly share: number
} {
  const most = Math.max(...segments.map((value) => value ?? 0))
  const segment = LEDGER_SEGMENTS[segments.indexOf(most)] ?? LEDGER_SEGMENTS[0]
  return { segment, share: total === 0 ? 0 : most / total }
}

export function sumsNote({ mismatches }: CellLedger): readonly string[] {
  return mismatches === 0 ? [] : [`The segments of ${mismatches} items do not add up: these figures mean nothing.`]
}
