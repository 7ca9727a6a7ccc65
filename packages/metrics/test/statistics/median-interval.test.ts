import { medianInterval } from '@spsc/metrics'
import test from 'ava'

test('the interval lies between values that were observed', (t) => {
  t.deepEqual(medianInterval([3, 1, 2, 6, 5, 4]), { median: 3.5, low: 1, high: 6, coverage: 0.96875 })
  t.is(medianInterval([1, 2, 3]), undefined)
})
