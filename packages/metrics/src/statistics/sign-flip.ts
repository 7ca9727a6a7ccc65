import { seededRandom } from '@spsc/core'

/** Up to here every way to flip signs is tried: a million sums. */
const MAX_EXACT = 20
const DRAWS = 100_000
/** Sums that differ by less are equal: the order of additions makes as much. */
const TOLERANCE = 1e-12

/** The fewest blocks with which a two-sided test can come to p ≤ 0.05: 2 / 2^5 is 0.0625. */
export const MIN_BLOCKS = 6

export interface SignFlip {
  /** Chance of a mean as far from 0 as this one if each difference might as well have had the other sign. */
  readonly p: number
  readonly n: number
  /** Whether all 2^n ways were tried; else 100,000 drawn ones. */
  readonly isExact: boolean
}

/** Sums of all ways to give the values signs. From one to the next a single sign flips (Gray code). */
function* allSums(values: readonly number[]): Generator<number, void, undefined> {
  let sum = values.reduce((total, value) => total + value, 0)
  const signs = values.map(() => 1)
  yield sum
  for (let step = 1; step < 2 ** values.length; step++) {
    const place = 31 - Math.clz32(step & -step)
    signs[place] = -(signs[place] as number)
    sum += 2 * (signs[place] as number) * (values[place] as number)
    yield sum
  }
}

function* drawnSums(values: readonly number[], random: () => number): Generator<number, void, undefined> {
  for (let draw = 0; draw < DRAWS; draw++) {
    yield values.reduce((total, value) => total + (random() < 0.5 ? value : -value), 0)
  }
}

/**
 * The exact two-sided test that paired differences lie around 0, by flipping their signs (Fisher, *The Design of
 * Experiments*, 1935, section 21). It takes them to be independent and symmetric around their centre, and nothing else:
 * of log ratios of randomised blocks both hold.
 *
 * @param differences one for each block, at least one
 * @param seed of the draws, where there are more than 20
 *
 * @example
 * signFlipTest([1, 2, 3, 4, 5, 6]) // { p: 0.03125, n: 6, isExact: true }: 2 of 64 ways are as far out
 */
export function signFlipTest(differences: readonly number[], seed = 1): SignFlip {
  const n = differences.length
  const isExact = n <= MAX_EXACT
  const observed = Math.abs(differences.reduce((total, value) => total + value, 0))
  const least = observed - TOLERANCE * differences.reduce((total, value) => total + Math.abs(value), 0)
  let all = 0
  let asFar = 0
  for (const sum of isExact ? allSums(differences) : drawnSums(differences, seededRandom(seed))) {
    all++
    if (Math.abs(sum) >= least) asFar++
  }
  // The observed way is one of those that might have been drawn (Phipson and Smyth 2010).
  return { p: isExact ? asFar / all : (asFar + 1) / (all + 1), n, isExact }
}
