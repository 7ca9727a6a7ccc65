import { median } from 'simple-statistics'

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
