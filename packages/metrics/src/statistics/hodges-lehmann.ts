import { median } from 'simple-statistics'

const WANTED_COVERAGE = 0.95
/** Up to here the distribution of the rank sum is counted out; beyond it is normal to four digits. */
const MAX_EXACT = 100
/** z of 95 %, two-sided. */
const Z = 1.959964

/** Walsh averages: the means of all pairs of values, each with itself too. */
function walshAverages(differences: readonly number[]): number[] {
  return differences.flatMap((one, index) => differences.slice(index).map((other) => (one + other) / 2))
}

/**
 * The pseudo-median of paired differences: the median of the means of all pairs of values, each with itself too (Hodges
 * and Lehmann, "Estimates of location based on rank tests", Ann. Math. Statist. 34, 1963). It shrugs off a wild block as
 * a median does, and wastes little of the others.
 *
 * @param differences at least one; in whatever unit, which the result has too
 *
 * @example
 * hodgesLehmann([1, 2, 9]) // 3.5, of 1, 1.5, 2, 5, 5.5 and 9
 */
export function hodgesLehmann(differences: readonly number[]): number {
  return median(walshAverages(differences))
}

/** P(W ≤ w) of Wilcoxon's signed rank sum of n values, for w from 0 to its mean: the share of subsets of 1…n that add up to so little. */
function signedRankCdf(n: number): readonly number[] {
  const mean = Math.floor((n * (n + 1)) / 4)
  const share = new Float64Array(mean + 1)
  share[0] = 1
  for (let rank = 1; rank <= n; rank++) {
    for (let sum = mean; sum >= 0; sum--) {
      share[sum] = ((share[sum] as number) + (sum >= rank ? (share[sum - rank] as number) : 0)) / 2
    }
  }
  let total = 0
  return Array.from(share, (each) => {
    total += each
    return total
  })
}

/** The largest k whose interval, from the k-th smallest Walsh average to the k-th largest, has 95 % or more. */
function rankFor(n: number): { readonly k: number; readonly coverage: number } | undefined {
  if (n > MAX_EXACT) {
    const k = (n * (n + 1)) / 4 - Z * Math.sqrt((n * (n + 1) * (2 * n + 1)) / 24)
    return { k: Math.floor(k), coverage: WANTED_COVERAGE }
  }
  const k = signedRankCdf(n).filter((share) => 1 - 2 * share >= WANTED_COVERAGE).length
  if (k === 0) return undefined
  return { k, coverage: 1 - 2 * (signedRankCdf(n)[k - 1] as number) }
}

/** What holds the centre that differences lie around, and the chance that it does. */
export interface PseudoMedianInterval {
  readonly low: number
  readonly high: number
  /** 0.95 or a little more: 0.96875 of 6 differences, 0.951 of 10. */
  readonly coverage: number
}

/**
 * The interval that belongs to {@link hodgesLehmann}: between the k-th smallest and the k-th largest Walsh average lies
 * the centre of symmetric differences with a chance of 1 − 2·P(W ≤ k − 1), W being Wilcoxon's signed rank sum (Hollander
 * and Wolfe, *Nonparametric Statistical Methods*, 2nd ed., 3.3; R's `wilcox.test(conf.int = TRUE)`). Like the sign-flip
 * test it takes symmetry and nothing else. Of few blocks it is nearer to 95 % than order statistics of the differences
 * themselves, which have 99.2 % of 8 and 97.9 % of 10.
 *
 * @returns `undefined` for fewer than 6 differences, which have no such interval
 *
 * @example
 * hodgesLehmannInterval([1, 2, 3, 4, 5, 6]) // { low: 1, high: 6, coverage: 0.96875 }
 */
export function hodgesLehmannInterval(differences: readonly number[]): PseudoMedianInterval | undefined {
  const rank = rankFor(differences.length)
  if (rank === undefined) return undefined
  const averages = walshAverages(differences).sort((one, other) => one - other)
  const { k, coverage } = rank
  return { low: averages[k - 1] as number, high: averages[averages.length - k] as number, coverage }
}
