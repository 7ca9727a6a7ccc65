import { seededRandom } from '@spsc/core'
import { allSums, asFarAs, type Block, type Scores, scoresOf } from './permutation-test.js'

const DRAWS = 20_000
/** As many arrangements of all blocks are all tried: 10 blocks of three replicates, 16 of two. */
const MAX_EXACT = 2 ** 16

/** The replicate that takes B's place in each block, for each draw; the measured one, all 0, comes first. */
function drawnLabels(sizes: readonly number[], seed: number): readonly Uint8Array[] {
  const random = seededRandom(seed)
  return sizes.map((size) => {
    const labels = new Uint8Array(DRAWS + 1)
    for (let draw = 1; draw <= DRAWS; draw++) labels[draw] = Math.floor(random() * size)
    return labels
  })
}

function drawnSums(scores: Scores, labels: readonly Uint8Array[]): Float64Array {
  return Float64Array.from({ length: DRAWS + 1 }, (_, draw) =>
    scores.reduce((sum, block, index) => sum + (block[labels[index]?.[draw] as number] as number), 0),
  )
}

/**
 * Tests several figures of the same blocks at once, so that the chance of any false alarm stays that of one test: against
 * the largest |t| of the family under rearrangement within blocks (Westfall and Young, *Resampling-Based Multiple
 * Testing*, 1993, single-step max-T), t being the statistic of `permutationTest`. Figures of a replicate stay together, so
 * what they have in common is not counted twice.
 *
 * @param figures at least one, of the same blocks: each block has as many values of A in all of them
 * @param seed of the 20,000 arrangements drawn where there are more than 65,536
 * @returns p of each figure, adjusted for the family
 * @throws RangeError where there is nothing to test, or blocks differ
 *
 * @example
 * const figure = [1, 2, 3, 4, 5, 6].map((b) => ({ a: [0], b }))
 * maxT([figure]) // [0.03125]: of one figure it is the permutation test
 */
export function maxT(figures: readonly (readonly Block[])[], seed = 1): readonly number[] {
  const sizes = (figures[0] ?? []).map(({ a }) => a.length + 1)
  if (sizes.length === 0) throw new RangeError('max-T takes at least one figure of one block')
  if (figures.some((blocks) => String(blocks.map(({ a }) => a.length + 1)) !== String(sizes))) {
    throw new RangeError('max-T takes figures of the same blocks')
  }
  const isExact = sizes.reduce((product, size) => product * size, 1) <= MAX_EXACT
  const labels = isExact ? [] : drawnLabels(sizes, seed)
  const sums = figures.map((blocks) => {
    const scores = scoresOf(blocks)
    return isExact ? allSums(scores) : drawnSums(scores, labels)
  })
  const [first = new Float64Array()] = sums
  const largest = first.map((_, arrangement) =>
    sums.reduce((most, of) => Math.max(most, Math.abs(of[arrangement] as number)), 0),
  )
  return sums.map(([measured = 0]) => {
    const least = asFarAs(measured)
    return largest.reduce((count, t) => count + (t >= least ? 1 : 0), 0) / largest.length
  })
}
