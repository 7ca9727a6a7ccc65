import { orderStatistics } from '@spsc/core'
import test from 'ava'

// Coverages by the binomial distribution of chance ½, as tables of the sign test have them (Conover, Practical
// Nonparametric Statistics, table A3).
test('ranks and coverages are those of the binomial tables', (t) => {
  t.is(orderStatistics(5), undefined)
  t.deepEqual(orderStatistics(6), { k: 1, coverage: 0.96875 })
  t.deepEqual(orderStatistics(9), { k: 2, coverage: 0.9609375 })
  const ten = orderStatistics(10)
  t.is(ten?.k, 2)
  t.true(Math.abs((ten?.coverage ?? 0) - 0.978515625) < 1e-12)
  t.is(orderStatistics(20)?.k, 6)
  t.true(Math.abs((orderStatistics(20)?.coverage ?? 0) - 0.95861) < 1e-5)
})

test('the interval of the median takes the ranks that keep 95 %', (t) => {
  // 1 − 2 · (the sum of n over i for i below k) / 2^n, by hand.
  const expected = [
    [6, 1, 0.969],
    [8, 1, 0.992],
    [9, 2, 0.961],
    [10, 2, 0.979],
    [15, 4, 0.965],
    [20, 6, 0.959],
  ] as const
  for (const [n, k, coverage] of expected) {
    const found = orderStatistics(n)
    t.is(found?.k, k, `${n}`)
    t.is(found?.coverage.toFixed(3), coverage.toFixed(3), `${n}`)
  }
})

test('the number of values is not limited by what a double holds', (t) => {
  const coverage = orderStatistics(10_000)?.coverage ?? 0
  t.true(coverage >= 0.95 && coverage < 0.952)
})
