import test from 'ava'
import { type Spread, spreadOf } from '../src/charts/interval.js'
import { readingOf } from '../src/reading.js'

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
