import type { LedgerSegment } from '@spsc/core'
import { median } from '@spsc/metrics'
import type { Reference } from './reference.js'
import { excessOf, type Signals, total, type Vector, vectorOf, type WindowSignals } from './signals.js'

/** Segments that one cause fills together. */
export const GROUPS = {
  consumerQueue: ['c_runq', 's_runq'],
  producerQueue: ['p_runq'],
  service: ['s_cpu'],
  off: ['s_off'],
  producer: ['p_own'],
  late: ['p_late'],
  wake: ['c_wake'],
} as const satisfies Record<string, readonly LedgerSegment[]>

export type Group = keyof typeof GROUPS

/** Below this nobody is harmed. */
export const MIN_EXCESS_NS = 300_000
/** Share of a window's excess that makes a group its cause. */
const MAJOR_SHARE = 0.35
/** A group with less is one of several causes where it is above {@link MIN_EXCESS_NS} by itself. */
const MINOR_SHARE = 0.1
/** Share of the windows that makes what recurs. */
const RECURRENT = 0.5
/** What was seen once can't have recurred. */
const MIN_RECURRENCES = 2
/** What befalls every item is a cause by itself, and those that queue behind others have it several times. */
const SHIFTS_IN_A_QUEUE = 3
const SHIFTING: readonly LedgerSegment[] = ['p_late', 's_cpu', 's_off']

/** Share of the reference's windows whose excess of a group is ordinary: all but its odd one out. */
const ORDINARY = 0.9

export interface Votes {
  readonly group: Group
  /** Windows in which it had more than {@link MAJOR_SHARE}, and those in which it had a part. */
  readonly major: number
  readonly all: number
  readonly of: number
  readonly isRecurrent: boolean
  /** Mean of its excess over the windows in which it had a part. */
  readonly excessNs: number
  /** Longest response of each of those windows, as far as it was measured. */
  readonly longestNs: readonly number[]
}

export interface Ballot {
  readonly votes: readonly Votes[]
  /** Windows with an excess, whoever has it. */
  readonly excessive: number
  readonly windows: number
}

function partOf(group: Group, vector: Vector): number {
  return GROUPS[group].reduce((sum, segment) => sum + vector[segment], 0)
}

/** What no more than one in ten windows, but one at least, is above; of a single one itself, 0 of none. */
function ordinary(values: readonly number[]): number {
  const rank = Math.min(Math.ceil(ORDINARY * values.length), Math.max(1, values.length - 1))
  return [...values].sort((a, b) => a - b)[rank - 1] ?? 0
}

/** What the windows of the reference have of a group above what they have as a rule. */
function ordinaryOf(group: Group, { worst, windows }: Pick<Reference, 'worst' | 'windows'>): number {
  return ordinary(windows.map((window) => partOf(group, excessOf(window, worst))))
}

interface Voter {
  readonly window: WindowSignals
  readonly excess: Vector
  readonly sum: number
}

function votesOf(group: Group, voters: readonly Voter[], of: number, ordinaryNs: number): Votes {
  const above = voters.filter(({ excess }) => partOf(group, excess) > ordinaryNs)
  const shareIn = ({ excess, sum }: Voter) => partOf(group, excess) / sum
  const major = above.filter((voter) => shareIn(voter) > MAJOR_SHARE)
  const all = above.filter(
    (voter) =>
      shareIn(voter) > MAJOR_SHARE || (shareIn(voter) > MINOR_SHARE && partOf(group, voter.excess) > MIN_EXCESS_NS),
  )
  const excesses = all.map(({ excess }) => partOf(group, excess))
  return {
    ...{ group, major: major.length, all: all.length, of },
    isRecurrent: all.length >= Math.max(MIN_RECURRENCES, RECURRENT * of),
    excessNs: excesses.length === 0 ? 0 : excesses.reduce((sum, excess) => sum + excess, 0) / excesses.length,
    longestNs: all.flatMap(({ window }) => window.longestNs ?? []),
  }
}

/**
 * Lets each window name what its worst items' excess is made of. Over a whole run a single burst would hide what befalls
 * it again and again.
 *
 * @param shift by how much every item is above the ordinary
 */
export function vote(
  replicates: readonly Signals[],
  reference: Pick<Reference, 'worst' | 'windows'>,
  shift: Vector,
): Ballot {
  const windows = replicates.flatMap((signals) => signals.windows)
  const usualWorst = vectorOf(
    (segment) => reference.worst[segment] + (SHIFTING.includes(segment) ? SHIFTS_IN_A_QUEUE * shift[segment] : 0),
  )
  const voters = windows
    .map((window) => ({ window, excess: excessOf(window.worst, usualWorst) }))
    .map((voter) => ({ ...voter, sum: total(voter.excess) }))
    .filter(({ sum }) => sum > MIN_EXCESS_NS)
  const usual = ordinary(reference.windows.map((window) => total(excessOf(window, reference.worst))))
  const votes = (Object.keys(GROUPS) as Group[])
    .map((group) => votesOf(group, voters, windows.length, Math.max(ordinaryOf(group, reference), usual / 2)))
    .filter(({ all }) => all > 0)
    .sort((a, b) => b.excessNs * b.all - a.excessNs * a.all)
  return { votes, excessive: voters.filter(({ sum }) => sum > usual).length, windows: windows.length }
}

/** How long such a thing lasts: by the longest response of each window that has one. */
export function lengthNs({ longestNs }: Votes, ordinaryNs: number): number | undefined {
  return longestNs.length === 0 ? undefined : Math.max(0, median(longestNs) - ordinaryNs)
}
