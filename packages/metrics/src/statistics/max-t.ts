import { seededRandom } from '@spsc/core'
import { mean, sampleStandardDeviation } from 'simple-statistics'

const DRAWS = 20_000
/** As many ways to arrange all blocks are all tried. */
const MAX_EXACT = 2 ** 14
const TOLERANCE = 1e-9

/** What one block measured: for each condition, the first of them the baseline, one value of each metric. */
export type Block = readonly (readonly number[])[]

export interface MaxT {
  /** From 1: the baseline is 0. */
  readonly condition: number
  readonly metric: number
  /** Mean difference to the baseline over its standard error; infinite where all differences are equal and not 0. */
  readonly t: number
  /** Chance that the largest |t| of the family would be as large if conditions made no difference within blocks. */
  readonly p: number
}

function tOf(differences: readonly number[]): number {
  const centre = mean([...differences])
  if (centre === 0) return 0
  return centre / (sampleStandardDeviation([...differences]) / Math.sqrt(differences.length))
}

function* orders(length: number): Generator<readonly number[], void, undefined> {
  if (length === 0) yield []
  else
    for (const rest of orders(length - 1))
      for (let place = 0; place < length; place++) yield [...rest.slice(0, place), length - 1, ...rest.slice(place)]
}

function* product<Item>(items: readonly Item[], length: number): Generator<readonly Item[], void, undefined> {
  if (length === 0) yield []
  else for (const rest of product(items, length - 1)) for (const item of items) yield [...rest, item]
}

/** Ways to arrange the conditions of every block: all, or drawn ones. */
function* arrangements(conditions: number, blocks: number, seed: number) {
  const all = [...orders(conditions)]
  if (all.length ** blocks <= MAX_EXACT) {
    yield* product(all, blocks)
    return
  }
  const random = seededRandom(seed)
  // The observed one is among those that might have been drawn.
  yield Array.from({ length: blocks }, () => all[0] as readonly number[])
  for (let draw = 0; draw < DRAWS; draw++) {
    yield Array.from({ length: blocks }, () => all[Math.floor(random() * all.length)] as readonly number[])
  }
}

/**
 * Compares conditions with the baseline by several metrics at once, so that the chance of any false alarm stays that of
 * one test: the largest |t| of the family under rearrangement of conditions within blocks (Westfall and Young,
 * *Resampling-Based Multiple Testing*, 1993, single-step max-T). Metrics of a block stay together, so what they have in
 * common is not counted twice.
 *
 * @param blocks at least two, each with the same conditions (at least two) and metrics
 * @param seed of the arrangements drawn where there are more than 2^14
 * @returns one for each condition but the baseline and each metric, conditions first
 * @throws RangeError where there is nothing to compare
 *
 * @example
 * const blocks = [[[1], [2]], [[1], [3]], [[2], [4]], [[1], [2]], [[3], [5]], [[2], [3]]]
 * maxT(blocks)[0].p // 0.03125: of two conditions and one metric it is the sign-flip test
 */
export function maxT(blocks: readonly Block[], seed = 1): readonly MaxT[] {
  const conditions = blocks[0]?.length ?? 0
  const metrics = blocks[0]?.[0]?.length ?? 0
  if (blocks.length < 2 || conditions < 2 || metrics < 1) {
    throw new RangeError('max-T takes at least two blocks of two conditions and one metric')
  }
  const family = Array.from({ length: conditions - 1 }, (_, index) => index + 1).flatMap((condition) =>
    Array.from({ length: metrics }, (_, metric) => ({ condition, metric })),
  )
  const value = (block: number, condition: number, metric: number) => blocks[block]?.[condition]?.[metric] as number
  const statistics = (arrangement: readonly (readonly number[])[]) =>
    family.map(({ condition, metric }) =>
      tOf(
        arrangement.map(
          (order, block) => value(block, order[condition] as number, metric) - value(block, order[0] as number, metric),
        ),
      ),
    )
  const identity = Array.from({ length: conditions }, (_, condition) => condition)
  const observed = statistics(blocks.map(() => identity))
  const asFar = observed.map(() => 0)
  let all = 0
  for (const arrangement of arrangements(conditions, blocks.length, seed)) {
    const largest = Math.max(...statistics(arrangement).map(Math.abs))
    all++
    for (const [index, t] of observed.entries()) {
      if (largest >= Math.abs(t) * (1 - TOLERANCE)) asFar[index] = (asFar[index] as number) + 1
    }
  }
  return family.map((of, index) => ({ ...of, t: observed[index] as number, p: (asFar[index] as number) / all }))
}
