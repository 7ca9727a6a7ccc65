import { median } from '@spsc/metrics'

/** So many pairs have 65536 ways to be flipped, which takes milliseconds. */
const MAX_EXACT = 16

/**
 * One-sided exact sign-flip test of paired differences: the share of all ways to flip their signs that give a sum as low
 * as theirs or lower. Under the hypothesis that each difference is as likely above as below 0 by as much, this is the
 * probability of what was seen.
 *
 * @param differences 1 to 16
 * @see E. S. Edgington, P. Onghena, Randomization Tests
 */
export function signFlipBelow(differences: readonly number[]): number {
  const n = differences.length
  if (n < 1 || n > MAX_EXACT) throw new RangeError(`${n} pairs; allowed: 1 to ${MAX_EXACT}`)
  const observed = differences.reduce((sum, difference) => sum + difference, 0)
  // Sums that are equal but for rounding count as equal.
  const tolerance = 1e-9 * differences.reduce((sum, difference) => sum + Math.abs(difference), 0)
  let asLow = 0
  for (let flips = 0; flips < 2 ** n; flips++) {
    let sum = 0
    for (let i = 0; i < n; i++) sum += (flips >> i) & 1 ? -(differences[i] as number) : (differences[i] as number)
    if (sum <= observed + tolerance) asLow++
  }
  return asLow / 2 ** n
}

/** Hodges-Lehmann: the median of the means of all pairs of values, each with itself as well. */
export function hodgesLehmann(values: readonly number[]): number {
  return median(values.flatMap((a, i) => values.slice(i).map((b) => (a + b) / 2)))
}
