const WANTED_COVERAGE = 0.95

/** P(X ≤ k) for X binomial with n trials of chance ½, in steps that don't overflow. */
function halfBinomialCdf(k: number, n: number): number {
  let logTerm = -n * Math.LN2
  let sum = Math.exp(logTerm)
  for (let i = 1; i <= k; i++) {
    logTerm += Math.log((n - i + 1) / i)
    sum += Math.exp(logTerm)
  }
  return sum
}

/**
 * The distribution-free interval of a median: between the k-th smallest and the k-th largest of n values lies the
 * median of whatever they were drawn from with a chance of 1 − 2·P(Bin(n, ½) ≤ k − 1) (David and Nagaraja, Order
 * Statistics, 3rd ed., 7.1). The largest k that keeps the coverage is taken; for 95 % there is none below 6 values.
 *
 * @param wanted the least chance, above 0 and below 1
 * @returns k from 1 and its coverage
 *
 * @example
 * orderStatistics(10) // { k: 2, coverage: 0.978515625 }
 */
export function orderStatistics(
  n: number,
  wanted = WANTED_COVERAGE,
): { readonly k: number; readonly coverage: number } | undefined {
  let best: { k: number; coverage: number } | undefined
  for (let k = 1; k <= n / 2; k++) {
    const coverage = 1 - 2 * halfBinomialCdf(k - 1, n)
    if (coverage < wanted) break
    best = { k, coverage }
  }
  return best
}
