import { hodgesLehmann } from '@spsc/metrics'
import test from 'ava'

// Hamilton's depression scores: Hollander and Wolfe, Nonparametric Statistical Methods, table 3.1; R's help of wilcox.test.
const BEFORE = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
const AFTER = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
const SCORES = BEFORE.map((score, index) => score - (AFTER[index] as number))

test("the depression scores of Hollander and Wolfe give R's pseudo-median, 0.46", (t) => {
  const estimate = hodgesLehmann(SCORES)
  t.true(Math.abs(estimate - 0.46) < 1e-9, String(estimate))
})

test('of three values it is the median of six means', (t) => {
  t.is(hodgesLehmann([1, 2, 9]), 3.5)
})

test('one wild value moves it little', (t) => {
  t.true(hodgesLehmann([1, 1, 1, 1, 1, 1000]) < 2)
})
