import { hodgesLehmann } from '@spsc/metrics'
import test from 'ava'

test("the depression scores of Hollander and Wolfe give R's pseudo-median, 0.46", (t) => {
  const before = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3]
  const after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
  const estimate = hodgesLehmann(before.map((score, index) => score - (after[index] as number)))
  t.true(Math.abs(estimate - 0.46) < 1e-9, String(estimate))
})

test('of three values it is the median of six means', (t) => {
  t.is(hodgesLehmann([1, 2, 9]), 3.5)
})

test('one wild value moves it little', (t) => {
  t.true(hodgesLehmann([1, 1, 1, 1, 1, 1000]) < 2)
})
