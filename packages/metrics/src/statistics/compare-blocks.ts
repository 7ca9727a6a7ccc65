import type { BlockVerdict, EffectScale } from '@spsc/core'
import { sampleStandardDeviation } from 'simple-statistics'
import { hodgesLehmann, hodgesLehmannInterval } from './hodges-lehmann.js'
import { blocksNeeded } from './power.js'
import { MIN_BLOCKS, signFlipTest } from './sign-flip.js'

const ALPHA = 0.05
/** Effects below this are never called a difference, however sure they are. */
const LEAST_EFFECT = 0.05

/** A figure of two conditions, block by block. */
export interface PairedFigures {
  /** What A and B measured in each block. Of ratios all are above 0. */
  readonly pairs: readonly (readonly [a: number, b: number])[]
  /** What A and its twin measured in each block: the same scenario twice. Absent: none was measured. */
  readonly twins?: readonly (readonly [a: number, twin: number])[]
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
  ratio: {
    of: ([a, b]: readonly [number, number]) => Math.log(b / a),
    size: (share: number) => Math.log1p(share),
    shown: (effect: number) => Math.expm1(effect),
  },
  difference: {
    of: ([a, b]: readonly [number, number]) => b - a,
    size: (amount: number) => amount,
    shown: (effect: number) => effect,
  },
}

/** Blocks that would settle it: that find what was seen, or, if that is too little, show that there is no more. */
function needed(effect: number, least: number, margin: number, differences: readonly number[]): number {
  const more = Math.max(MIN_BLOCKS, differences.length + 1)
  const deviation = differences.length < 2 ? 0 : sampleStandardDeviation([...differences])
  if (deviation === 0) return more
  const distance = Math.abs(effect) > least ? Math.abs(effect) : Math.max(margin - Math.abs(effect), least)
  return Math.max(more, blocksNeeded(distance, { deviation }))
}

/**
 * Says of one figure whether B differs from A, is equivalent to it within a margin, or whether these blocks can't tell.
 *
 * `differs`: the exact sign-flip test has p ≤ 0.05, and the effect (Hodges and Lehmann's) exceeds 5 % and whatever A's own
 * twin seemed to differ by. `equivalent`: it does not differ, and the interval of the effect
 * (Walsh averages, at least 95 %) lies within the margin, which is a test of equivalence at 2.5 % (Schuirmann 1987).
 * Otherwise `inconclusive`, with how many blocks it would take.
 *
 * @param figures at least one block
 * @throws RangeError for no block, or a figure that is not above 0 where ratios are taken
 *
 * @example
 * const pairs = [[10, 13], [11, 14], [10, 13], [12, 15], [10, 12], [11, 15]] as const
 * compareBlocks({ pairs, scale: 'ratio' }, { margin: 0.1 }).verdict // 'differs'
 */
export function compareBlocks({ pairs, twins, scale }: PairedFigures, rules: VerdictRules): BlockVerdict {
  if (pairs.length === 0) throw new RangeError('a comparison takes at least one block')
  const { of, size, shown } = scales[scale]
  const differences = pairs.map(of)
  const twinDifferences = twins?.map(of) ?? []
  if (![...differences, ...twinDifferences].every(Number.isFinite)) {
    throw new RangeError(`a ${scale} takes figures ${scale === 'ratio' ? 'above 0' : 'that are numbers'}`)
  }
  const n = pairs.length
  const effect = hodgesLehmann(differences)
  const twin = twinDifferences.length > 0 ? hodgesLehmann(twinDifferences) : undefined
  const { p } = signFlipTest(differences)
  const interval = hodgesLehmannInterval(differences)
  const margin = size(rules.margin)
  const least = Math.max(size(rules.least ?? LEAST_EFFECT), Math.abs(twin ?? 0))
  const figures = {
    n,
    p,
    effect: shown(effect),
    ...(interval && { low: shown(interval.low), high: shown(interval.high), coverage: interval.coverage }),
    ...(twin !== undefined && { twin_effect: shown(twin) }),
  }
  if ((rules.pFamily ?? p) <= ALPHA && Math.abs(effect) > least) return { verdict: 'differs', ...figures }
  if (interval && interval.low >= -margin && interval.high <= margin) return { verdict: 'equivalent', ...figures }
  return { verdict: 'inconclusive', ...figures, needed: needed(effect, least, margin, differences) }
}
