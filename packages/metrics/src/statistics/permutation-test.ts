import { errorFunction, median } from 'simple-statistics'
import { hodgesLehmann } from './hodges-lehmann.js'

const ALPHA = 0.05
/** Beyond so many robust standard deviations a value counts no more (Huber, "Robust estimation of a location parameter", Ann. Math. Statist. 35, 1964). */
const CLIP = 1.5
/** Of a normal distribution: its standard deviation over its median absolute deviation. */
const NORMAL = 1.4826
/** Up to so many arrangements of half the blocks all are counted: 16 blocks of three replicates, 26 of two. */
const MAX_HALF = 2 ** 13
/** Sums that differ by less are equal: the order of additions makes as much. */
const TOLERANCE = 1e-9
/** Bisections of an end of an interval: to a thousandth of a thousandth of the first step. */
const BISECTIONS = 20
const DOUBLINGS = 60

/** One figure in one block: what A measured, once or (A and its twin) twice, and what B did. */
export interface Block {
  /** At least one. */
  readonly a: readonly number[]
  readonly b: number
}

export interface PermutationTest {
  /** Two-sided. */
  readonly p: number
  /** Blocks. */
  readonly n: number
  /** Whether all arrangements were counted; else the normal distribution stands for them. */
  readonly isExact: boolean
}

/**
 * What each replicate of a block speaks for, B's first: its distance to the block's median, clipped, around the block's
 * mean, in standard deviations of the sum over all blocks. Any arrangement within blocks leaves the scores as they are.
 */
export type Scores = readonly (readonly number[])[]

/** Scores of blocks; the sum of the first of each is the statistic t. */
export function scoresOf(blocks: readonly Block[]): Scores {
  const aligned = blocks.map(({ a, b }) => {
    if (a.length === 0) throw new RangeError('a block takes at least one value of A')
    const values = [b, ...a]
    const centre = median(values)
    return values.map((value) => value - centre)
  })
  const limit = CLIP * NORMAL * median(aligned.flat().map(Math.abs)) || Number.POSITIVE_INFINITY
  const centred = aligned.map((values) => {
    const clipped = values.map((value) => Math.max(-limit, Math.min(limit, value)))
    const mean = clipped.reduce((sum, value) => sum + value, 0) / clipped.length
    return clipped.map((value) => value - mean)
  })
  const variance = centred.reduce(
    (sum, values) => sum + values.reduce((squares, value) => squares + value ** 2, 0) / values.length,
    0,
  )
  return variance === 0 ? centred : centred.map((values) => values.map((value) => value / Math.sqrt(variance)))
}

/** The statistic of every arrangement; that which was measured comes first. */
export function allSums(scores: Scores): Float64Array {
  let sums = Float64Array.of(0)
  for (const labels of scores) {
    const next = new Float64Array(sums.length * labels.length)
    for (const [label, score] of labels.entries()) {
      for (let i = 0; i < sums.length; i++) next[label * sums.length + i] = (sums[i] as number) + score
    }
    sums = next
  }
  return sums
}

/** The least that still counts as being as far out as `t`. */
export function asFarAs(t: number): number {
  return Math.abs(t) * (1 - TOLERANCE)
}

/** How many values of a sorted list are below `limit`. */
function countBelow(sorted: Float64Array, limit: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < limit) low = middle + 1
    else high = middle
  }
  return low
}

/** Share of arrangements whose sum is at least as far from 0 as `least`, by all sums of one half with all of the other. */
function shareAsFar(one: Scores, other: Scores, least: number): number {
  const [ofOne, ofOther] = [allSums(one), allSums(other).sort()]
  let asFar = 0
  for (const sum of ofOne) {
    asFar += countBelow(ofOther, -least - sum) + ofOther.length - countBelow(ofOther, least - sum)
  }
  return asFar / (ofOne.length * ofOther.length)
}

const arrangementsOf = (scores: Scores) => scores.reduce((product, labels) => product * labels.length, 1)

/**
 * The two-sided test that B is one more replicate of A in each block: by all ways to exchange B with the replicates of A
 * within blocks (Fisher, *The Design of Experiments*, 1935; Lehmann and Romano, *Testing Statistical Hypotheses*, 3rd ed.,
 * 15.2). It takes the replicates of a block to be exchangeable, which their random order sees to, and nothing else.
 *
 * Values count by their distance to the median of their block, those beyond 1.5 robust standard deviations no more than
 * others there: a spoilt replicate can't hide an effect. With A measured once, and no value so far out, it is
 * the sign-flip test of the differences; A measured twice has less noise and more arrangements (3^n for 2^n), which
 * finds smaller effects.
 *
 * @param blocks at least one
 * @throws RangeError for a block without a value of A, or none at all
 *
 * @example
 * permutationTest([1, 2, 3, 4, 5, 6].map((b) => ({ a: [0], b }))) // { p: 0.03125, n: 6, isExact: true }
 */
export function permutationTest(blocks: readonly Block[]): PermutationTest {
  if (blocks.length === 0) throw new RangeError('a permutation test takes at least one block')
  const scores = scoresOf(blocks)
  const t = scores.reduce((sum, [own = 0]) => sum + own, 0)
  const n = blocks.length
  const [one, other] = [scores.slice(0, n >> 1), scores.slice(n >> 1)]
  if (Math.max(arrangementsOf(one), arrangementsOf(other)) > MAX_HALF) {
    // It is right to seven digits, and so may come to a shade above 1.
    return { p: Math.max(0, 1 - errorFunction(Math.abs(t) / Math.SQRT2)), n, isExact: false }
  }
  return { p: shareAsFar(one, other, asFarAs(t)), n, isExact: true }
}

/** What B differs from A by, block by block: from the mean of A's replicates. */
export function differencesOf(blocks: readonly Block[]): readonly number[] {
  return blocks.map(({ a, b }) => b - a.reduce((sum, value) => sum + value, 0) / a.length)
}

export interface PermutationInterval {
  readonly low: number
  readonly high: number
}

/**
 * The 95 % interval that belongs to {@link permutationTest}: all shifts that, taken from B, leave p above 0.05 (inversion
 * of a test: Lehmann and Romano, 3.5). So it holds 0 just where the test sees nothing.
 *
 * @returns `undefined` where so few blocks can't reject any shift: below 6 with A measured once
 *
 * @example
 * permutationInterval([1, 2, 3, 4, 5, 6].map((b) => ({ a: [0], b }))) // { low: 1, high: 6 }
 */
export function permutationInterval(blocks: readonly Block[]): PermutationInterval | undefined {
  const differences = differencesOf(blocks)
  const effect = hodgesLehmann(differences)
  const isHeld = (shift: number) => permutationTest(blocks.map(({ a, b }) => ({ a, b: b - shift }))).p > ALPHA
  const spread = Math.max(...differences.map((difference) => Math.abs(difference - effect)))
  const end = (direction: 1 | -1): number | undefined => {
    let [held, left] = [0, spread / blocks.length || Math.max(Math.abs(effect), 1) * TOLERANCE]
    for (let doubling = 0; isHeld(effect + direction * left); doubling++) {
      if (doubling === DOUBLINGS) return undefined
      held = left
      left *= 2
    }
    for (let step = 0; step < BISECTIONS; step++) {
      const middle = (held + left) / 2
      if (isHeld(effect + direction * middle)) held = middle
      else left = middle
    }
    return effect + direction * held
  }
  const [low, high] = [end(-1), end(1)]
  return low === undefined || high === undefined ? undefined : { low, high }
}
