import { seededRandom } from '@spsc/core'
import { probit } from 'simple-statistics'
import { MIN_BLOCKS, signFlipTest } from './sign-flip.js'

const ALPHA = 0.05
const MAX_BLOCKS = 10_000
const DEFAULT_POWER = 0.9

/** What an experiment needs and gives, in whatever unit its differences have (of log ratios: 0.05 is 5 %). */
export interface Precision {
  /** Standard deviation of the differences, above 0. */
  readonly deviation: number
  /** Chance to find the effect, above 0.5 and below 1; absent: 0.9. */
  readonly power?: number
}

/** z of the level and of the power, two-sided at 5 %. */
function factor(power: number): number {
  return probit(1 - ALPHA / 2) + probit(power)
}

/**
 * Blocks that find an effect of this size with the given power: ((z₁₋α⁄₂ + z_power) · σ / δ)², the sample size of the
 * paired z test (Cohen, *Statistical Power Analysis*, 1988, chapter 2), and two more, which the exact test costs with few
 * blocks; at least {@link MIN_BLOCKS}, at most 10,000.
 *
 * @param effect above 0
 *
 * @example
 * blocksNeeded(0.1, { deviation: 0.1 }) // 13
 */
export function blocksNeeded(effect: number, { deviation, power = DEFAULT_POWER }: Precision): number {
  const blocks = Math.ceil(((factor(power) * deviation) / effect) ** 2) + 2
  return Math.min(MAX_BLOCKS, Math.max(MIN_BLOCKS, blocks))
}

/**
 * The smallest effect that so many blocks find with the given power: the inverse of {@link blocksNeeded}. Infinite below
 * {@link MIN_BLOCKS}, with which the test can reject nothing.
 *
 * @example
 * minimumDetectableEffect(10, { deviation: 0.1 }) // 0.1146
 */
export function minimumDetectableEffect(n: number, { deviation, power = DEFAULT_POWER }: Precision): number {
  if (n < MIN_BLOCKS) return Number.POSITIVE_INFINITY
  return (factor(power) * deviation) / Math.sqrt(n - 2)
}

/** A standard normal value (Box and Muller 1958). */
export function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/**
 * The share of simulated experiments in which the sign-flip test of `n` normal differences finds the effect at 5 %: what
 * paired blocks find. With a twin in each block less noise is in them, so there it is a lower bound.
 *
 * @param rounds how many are simulated
 *
 * @example
 * simulatedPower(0.2, 8, { deviation: 0.1 }) // 1, or nearly
 */
export function simulatedPower(
  effect: number,
  n: number,
  { deviation }: Precision,
  { rounds = 1000, seed = 1 } = {},
): number {
  const random = seededRandom(seed)
  let found = 0
  for (let round = 0; round < rounds; round++) {
    const differences = Array.from({ length: n }, () => effect + deviation * normal(random))
    if (signFlipTest(differences).p <= ALPHA) found++
  }
  return found / rounds
}
