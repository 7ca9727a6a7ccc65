import test from 'ava'
import { orderStatistics, type Spread, spreadOf } from '../src/charts/interval.js'
import { readingOf } from '../src/reading.js'

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

test('below six values there is no interval at 95 %', (t) => {
  for (const n of [1, 2, 3, 4, 5]) t.is(orderStatistics(n), undefined)
})

test('ten thousand values do not overflow', (t) => {
  const found = orderStatistics(10_000)
  t.true(found !== undefined && found.coverage >= 0.95 && found.coverage < 0.952)
})

const exact = (values: readonly number[]) => values.map((value) => readingOf(value, undefined))
const figures = ({ median, interval }: Spread) => [median, interval?.low, interval?.high].map((figure) => figure?.value)

test('a spread is the range below six values and nothing for one', (t) => {
  t.deepEqual(figures(spreadOf(exact([3, 1, 2]))), [2, 1, 3])
  t.is(spreadOf(exact([3, 1, 2])).interval?.coverage, undefined)
  t.is(spreadOf(exact([5])).interval, undefined)
})

test('an end of an interval is a bound where what lies below a floor may lie below it', (t) => {
  const isBelow = ({ median, interval }: Spread) => [interval?.low, median, interval?.high].map((of) => of?.isBelow)
  t.deepEqual(isBelow(spreadOf([readingOf(1, 2), ...exact([3, 4])])), [true, false, false])
  t.deepEqual(isBelow(spreadOf([readingOf(1, 9), ...exact([3, 4])])), [true, true, true])
  t.deepEqual(isBelow(spreadOf([readingOf(1, 2), ...exact([3, 4, 5, 6, 7, 8, 9, 10, 11])])), [false, false, false])
})
