import {
  isUnavailable,
  LEDGER_SEGMENTS,
  type LedgerSegment,
  type MeasuredRecord,
  type Tier,
  type Unavailable,
} from '@spsc/core'
import { median } from '@spsc/metrics'
import type { CauseName } from './causes.js'
import { ownReference, type Reference, referenceOf } from './reference.js'
import { causesOf } from './rules.js'
import { type Signals, signalsOf, total } from './signals.js'
import { unseenOf } from './unseen.js'

/** A figure that speaks for a cause, and where it comes from. */
export interface Evidence {
  readonly text: string
  readonly tier: Tier
}

/** `systematic`: every item has it; `recurrent`: half of the windows or more; `sporadic`: fewer. */
export type Occurrence = 'systematic' | 'recurrent' | 'sporadic'

/** How much of it there is: what was estimated, in nanoseconds or as a share. */
export interface Dose {
  readonly text: string
  readonly ns?: number
  readonly share?: number
}

export interface Cause {
  readonly name: CauseName
  readonly when: Occurrence
  /** Windows that show it; absent where it is systematic. */
  readonly windows?: { readonly voted: number; readonly of: number }
  /** What the worst items of those windows, or every item, have too much of by it. */
  readonly excess_ns: number
  readonly dose?: Dose
  readonly evidence: readonly Evidence[]
}

/** Something that could not be looked at, and the command that would. */
export interface Unseen {
  readonly what: string
  readonly reason: string
  readonly command?: string
}

/**
 * `named`: at least one cause is systematic or recurrent. `sporadic`: all that was seen was too rare to be told from
 * chance. `unexplained`: there is harm, and no rule knows it. `no-harm`: nothing measurable. `not-measured`: there is no
 * ledger to read.
 */
export type Verdict = 'named' | 'sporadic' | 'unexplained' | 'no-harm' | 'not-measured'

/** What the worst 1 % are made of, beside what is ordinary: medians over windows, in nanoseconds. */
export interface SegmentShare {
  readonly segment: LedgerSegment
  readonly worst_ns: number
  readonly reference_ns: number
}

export interface Diagnosis {
  readonly verdict: Verdict
  /** Where nothing was measured: why. */
  readonly reason?: string
  readonly replicates: number
  readonly windows: { readonly of: number; readonly excessive: number; readonly width_s: number }
  readonly reference: { readonly own: boolean; readonly replicates: number }
  readonly worst_ns: number
  readonly reference_worst_ns: number
  readonly segments: readonly SegmentShare[]
  /** Most important first. */
  readonly causes: readonly Cause[]
  readonly unseen: readonly Unseen[]
}

/** What a diagnosis reads of some replicates; records without a ledger are left out. */
function read(records: readonly MeasuredRecord[]): { readonly signals: readonly Signals[]; readonly reason?: string } {
  const all = records.map(signalsOf)
  const reason = all.find(isUnavailable)?.unavailable
  return {
    signals: all.filter((one): one is Exclude<typeof one, Unavailable> => !isUnavailable(one)),
    ...(reason !== undefined && { reason }),
  }
}

function verdictOf(causes: readonly Cause[], excessive: number, windows: number): Verdict {
  if (causes.some(({ when }) => when !== 'sporadic')) return 'named'
  if (2 * excessive >= windows && excessive > 1) return 'unexplained'
  return causes.length > 0 || excessive > 0 ? 'sporadic' : 'no-harm'
}

function segmentsOf(signals: readonly Signals[], reference: Reference): readonly SegmentShare[] {
  const windows = signals.flatMap((one) => one.windows)
  return LEDGER_SEGMENTS.map((segment) => ({
    segment,
    worst_ns: median(windows.map(({ worst }) => worst[segment])),
    reference_ns: reference.worst[segment],
  }))
}

/**
 * Says what the worst items of some replicates of one scenario are made of, when, and what on the machine goes with it.
 * It reads what was measured and nothing of what was asked for.
 *
 * @param records replicates of one scenario on one queue, measured with the collectors `ledger`, `histogram` and `sched`
 * @param ordinary replicates to compare with; none: the median band of the same records is what is ordinary
 *
 * @example
 * diagnose(records, baseline).causes[0] // { name: 'consumer-stall', when: 'recurrent', dose: { ns: 20100000, ... } }
 */
export function diagnose(records: readonly MeasuredRecord[], ordinary: readonly MeasuredRecord[] = []): Diagnosis {
  const { signals, reason } = read(records)
  const others = read(ordinary).signals
  const [first] = signals
  if (first === undefined) {
    return {
      verdict: 'not-measured',
      reason: reason ?? 'nothing was measured',
      replicates: 0,
      windows: { of: 0, excessive: 0, width_s: 0 },
      reference: { own: others.length === 0, replicates: others.length },
      ...{ worst_ns: 0, reference_worst_ns: 0, segments: [], causes: [] },
      unseen: unseenOf([], true),
    }
  }
  const reference = others.length === 0 ? ownReference(signals) : referenceOf(others)
  const { causes, ballot } = causesOf(signals, reference)
  return {
    verdict: verdictOf(causes, ballot.excessive, ballot.windows),
    replicates: signals.length,
    windows: { of: ballot.windows, excessive: ballot.excessive, width_s: first.windowS },
    reference: { own: reference.isOwn, replicates: reference.replicates },
    worst_ns: median(signals.flatMap((one) => one.windows).map(({ worst }) => total(worst))),
    reference_worst_ns: total(reference.worst),
    segments: segmentsOf(signals, reference),
    causes,
    unseen: unseenOf(signals, reference.isOwn),
  }
}
