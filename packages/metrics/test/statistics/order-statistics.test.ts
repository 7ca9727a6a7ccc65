import { medianInterval, orderStatistics } from '@spsc/metrics'
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

test('the interval lies between values that were observed', (t) => {
  t.deepEqual(medianInterval([3, 1, 2, 6, 5, 4]), { median: 3.5, low: 1, high: 6, coverage: 0.96875 })
  t.is(medianInterval([1, 2, 3]), undefined)
})

test('the number of values is not limited by what a double holds', (t) => {
  t.true((orderStatistics(10_000)?.coverage ?? 0) >= 0.95)
})
