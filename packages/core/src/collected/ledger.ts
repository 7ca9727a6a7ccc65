import type { Unavailable } from '../pipeline.js'

/**
 * What an item's time can be charged to, in the order in which an item meets it.
 *
 * ```
 *     due ------- producer's doings ------- sent ------------- consumer's doings ------------- done
 *          p_late      p_runq      p_own          c_wake     c_runq  |  s_cpu   s_runq   s_off
 * ```
 * - `p_late`: the producer's wait for a due time ended late
 * - `p_runq`: the producer could run and another thread had its CPU
 * - `p_own`: the producer was at work, on this item or an earlier one
 * - `c_wake`: the consumer was waking up for an item, or taking it
 * - `c_runq`: it was awake for it and another thread had its CPU
 * - `s_cpu`: the consumer's work on this item or an earlier one, on a CPU
 * - `s_runq`: within that work another thread had its CPU
 * - `s_off`: within that work the consumer neither ran nor could run: it slept, was stopped, or the whole machine was
 */
export const LEDGER_SEGMENTS = ['p_late', 'p_runq', 'p_own', 'c_wake', 'c_runq', 's_cpu', 's_runq', 's_off'] as const

export type LedgerSegment = (typeof LEDGER_SEGMENTS)[number]

/** Nanoseconds by segment; one that could not be told apart is left out, and its time is in another. */
export type LedgerVector = { readonly [Segment in LedgerSegment]?: number }

/** What the items of one group are made of: means in whole nanoseconds, which add up to the total but for rounding. */
export interface LedgerView {
  /** Items in it. Items as slow as the slowest left out would be are all in: there may be more than the share asked for. */
  readonly n: number
  readonly mean_total_ns: number
  readonly mean_ns: LedgerVector
}

/** The worst 1 % of the items that were due (at interval 0: sent) in one window, at least one. */
export interface LedgerWindow extends LedgerView {
  /** Beginning, in seconds from the phase's. */
  readonly start_s: number
  /** Items of the window that have a ledger. */
  readonly items: number
}

export interface LedgerSegmentSummary {
  /** Over all items; exact up to 2^53. */
  readonly sum_ns: number
  readonly mean_ns: number
  /** Nearest rank, within 0.05 %. */
  readonly p50_ns: number
}

/** Items that went from the producer's CPU to the consumer's in one way. */
export interface LedgerHandoff {
  readonly n: number
  /** Of the items whose CPUs are known. */
  readonly share: number
  /** Latency, push to pop. Nearest rank, within 0.05 %. */
  readonly p50_ns: number | Unavailable
}

/** What the `ledger` collector stores. */
export interface LedgerData {
  /** What is added up: `due to done`, the response; `sent to done` at interval 0, where nothing is due at a time. */
  readonly total: 'due to done' | 'sent to done'
  /** Items that have a ledger. */
  readonly items: number
  /** Sampled items that have none: not delivered, or with times out of order, a fault of the clock or the queue. */
  readonly excluded: { readonly dropped: number; readonly lost: number; readonly disordered: number }
  /** Segments were added up for each item and compared with its total, in whole nanoseconds. */
  readonly sums: { readonly items: number; readonly mismatches: number }
  readonly mean_total_ns: number
  /** Those that can't be told apart say in which other segment their time is. */
  readonly segments: Readonly<Record<LedgerSegment, LedgerSegmentSummary | Unavailable>>
  /** Segments that hold the time of others, which could not be told apart. */
  readonly holds: { readonly [Segment in LedgerSegment]?: readonly LedgerSegment[] }
  /** Items from the 40th to the 60th percentile of the total. */
  readonly median_band: LedgerView
  /** The worst 1 % of all items. */
  readonly worst: LedgerView
  /** Width of a window: 1 s, or wider where there would be more than 1000. */
  readonly window_s: number
  /** Those with items, in order of time. */
  readonly windows: readonly LedgerWindow[]
  /** Share of the time from the first pop to the last done in which the consumer did not wait for an item. */
  readonly occupancy: number | Unavailable
  /** Both ends on one CPU at `sent` and `popped`, or on two. */
  readonly handoffs: { readonly same_cpu: LedgerHandoff; readonly cross_cpu: LedgerHandoff } | Unavailable
  /** Share of the items for which the consumer had gone to sleep. */
  readonly slept: number | Unavailable
}
