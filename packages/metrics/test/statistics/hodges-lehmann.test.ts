import { seededRandom } from '@spsc/core'
import { hodgesLehmann, hodgesLehmannInterval } from '@spsc/metrics'
import test from 'ava'

// Hamilton's depression scores: Hollander and Wolfe, Nonparametric Statistical Methods, table 3.1; R's help of wilcox.test.
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
const SCORES = BEFORE.map((score, index) => score - (AFTER[index] as number))

test("the depression scores of Hollander and Wolfe give R's pseudo-median, 0.46", (t) => {
  const estimate = hodgesLehmann(SCORES)
  t.true(Math.abs(estimate - 0.46) < 1e-9, String(estimate))
})

test('and their interval, 0.010 to 0.786 at 96.1 %', (t) => {
  const interval = hodgesLehmannInterval(SCORES)
  t.true(Math.abs((interval?.low ?? 0) - 0.01) < 1e-9, String(interval?.low))
  t.true(Math.abs((interval?.high ?? 0) - 0.786) < 1e-9, String(interval?.high))
  t.is(interval?.coverage, 1 - (2 * 10) / 2 ** 9)
})

// Two-sided 5 % points of the signed rank sum, as tables have them: n → largest sum that rejects; k is one more.
const CRITICAL: readonly (readonly [n: number, sum: number])[] = [
  [6, 0],
  [7, 2],
  [8, 3],
  [9, 5],
  [10, 8],
  [12, 13],
  [15, 25],
  [20, 52],
  [25, 89],
]

/** Powers of 4: no two Walsh averages are equal, so an end tells its rank. */
function rankOfLow(n: number): number {
  const values = Array.from({ length: n }, (_, index) => 4 ** index)
  const averages = values.flatMap((one, index) => values.slice(index).map((other) => (one + other) / 2))
  const low = hodgesLehmannInterval(values)?.low
  return averages.filter((average) => average <= (low ?? 0)).length
}

test('ranks are those of the published tables of the signed rank test', (t) => {
  for (const [n, sum] of CRITICAL) t.is(rankOfLow(n), sum + 1, `n = ${n}`)
})

test('five differences have no interval of 95 %', (t) => {
  t.is(hodgesLehmannInterval([1, 2, 3, 4, 5]), undefined)
  t.deepEqual(hodgesLehmannInterval([1, 2, 3, 4, 5, 6]), { low: 1, high: 6, coverage: 0.96875 })
})

test('beyond a hundred differences the normal distribution goes on where counting ends', (t) => {
  const random = seededRandom(1)
  const values = Array.from({ length: 101 }, random)
  const [counted, approximate] = [hodgesLehmannInterval(values.slice(1)), hodgesLehmannInterval(values)]
  t.true(Math.abs((counted?.low ?? 0) - (approximate?.low ?? 1)) < 0.01)
  t.true(Math.abs((counted?.high ?? 0) - (approximate?.high ?? 1)) < 0.01)
})

test('of three values it is the median of six means', (t) => {
  t.is(hodgesLehmann([1, 2, 9]), 3.5)
})

test('one wild value moves it little', (t) => {
  t.true(hodgesLehmann([1, 1, 1, 1, 1, 1000]) < 2)
})
