import type { BlockVerdict, EffectScale } from '@spsc/core'
import { sampleStandardDeviation } from 'simple-statistics'
import { hodgesLehmann } from './hodges-lehmann.js'
import { type Block, differencesOf, permutationInterval, permutationTest } from './permutation-test.js'
import { blocksNeeded } from './power.js'
import { MIN_BLOCKS } from './sign-flip.js'

const ALPHA = 0.05
/** Effects below this are never called a difference, however sure they are. */
const LEAST_EFFECT = 0.05

/** A figure of two conditions, block by block. */
export interface BlockFigures {
  /** At least one. Of ratios all values are above 0. */
  readonly blocks: readonly Block[]
  /** `ratio`: effects are shares of A; `difference`: they are in the unit of the figure. */
  readonly scale: EffectScale
}

export interface VerdictRules {
  /** Within which both count as equivalent: a share of A (0.1), or in the unit of the figure. Above `least`. */
  readonly margin: number
  /** The smallest effect that counts as one, in the same way; absent: 5 % of A. */
  readonly least?: number
  /** p adjusted for the other figures of a family, which then decides; absent: that of this figure alone. */
  readonly pFamily?: number
}

/** A share as a log ratio, in which up and down weigh the same; a difference as it is. */
const scales = {
  ratio: { of: Math.log, size: Math.log1p, shown: Math.expm1 },
  difference: { of: Number, size: Number, shown: Number },
}

/** Figures on the scale that they are tested on: logarithms where effects are shares. */
export function onScale(scale: EffectScale, blocks: readonly Block[]): readonly Block[] {
  const { of } = scales[scale]
  return blocks.map(({ a, b }) => ({ a: a.map(of), b: of(b) }))
}

/** Blocks that would settle it: that find what was seen, or, if that is too little, show that there is no more. */
function needed(effect: number, least: number, margin: number, differences: readonly number[]): number {
  const more = Math.max(MIN_BLOCKS, differences.length + 1)
  const deviation = differences.length < 2 ? 0 : sampleStandardDeviation([...differences])
  if (deviation === 0) return more
  const distance = Math.abs(effect) > least ? Math.abs(effect) : Math.max(margin - Math.abs(effect), least)
  return Math.max(more, blocksNeeded(distance, { deviation }))
}

/** By how much A and its twin, where it has one, seem to differ. */
function twinEffect(blocks: readonly Block[]): number | undefined {
  const differences = blocks.flatMap(({ a: [first, again] }) =>
    first === undefined || again === undefined ? [] : [again - first],
  )
  return differences.length === 0 ? undefined : hodgesLehmann(differences)
}

/**
 * Says of one figure whether B differs from A, is equivalent to it within a margin, or whether these blocks can't tell.
 *
 * `differs`: the exact permutation test has p ≤ 0.05, and the effect exceeds 5 % and whatever A's own twin seemed to
 * differ by. `equivalent`: it does not differ, and the interval of the effect (95 %, by inversion of the test) lies within
 * the margin, which is a test of equivalence at 2.5 % (Schuirmann 1987). Otherwise `inconclusive`, with how many blocks it
 * would take. The effect is Hodges and Lehmann's, of B against the mean of A and its twin.
 *
 * @throws RangeError for no block, one without A, or a figure that is not above 0 where ratios are taken
 *
 * @example
 * const blocks = [[10, 13], [11, 14], [10, 13], [12, 15], [10, 12], [11, 15]].map(([a, b]) => ({ a: [a], b }))
 * compareBlocks({ blocks, scale: 'ratio' }, { margin: 0.1 }).verdict // 'differs'
 */
export function compareBlocks({ blocks, scale }: BlockFigures, rules: VerdictRules): BlockVerdict {
  if (blocks.length === 0) throw new RangeError('a comparison takes at least one block')
  const { size, shown } = scales[scale]
  const values = onScale(scale, blocks)
  if (!values.flatMap(({ a, b }) => [b, ...a]).every(Number.isFinite)) {
    throw new RangeError(`a ${scale} takes figures ${scale === 'ratio' ? 'above 0' : 'that are numbers'}`)
  }
  const differences = differencesOf(values)
  const effect = hodgesLehmann(differences)
  const twin = twinEffect(values)
  const { p, n } = permutationTest(values)
  const interval = permutationInterval(values)
  const margin = size(rules.margin)
  const least = Math.max(size(rules.least ?? LEAST_EFFECT), Math.abs(twin ?? 0))
  const figures = {
    n,
    p,
    effect: shown(effect),
    ...(interval && { low: shown(interval.low), high: shown(interval.high) }),
    ...(twin !== undefined && { twin_effect: shown(twin) }),
  }
  if ((rules.pFamily ?? p) <= ALPHA && Math.abs(effect) > least) return { verdict: 'differs', ...figures }
  if (interval && interval.low >= -margin && interval.high <= margin) return { verdict: 'equivalent', ...figures }
  return { verdict: 'inconclusive', ...figures, needed: needed(effect, least, margin, differences) }
}
