import { median, range } from '@spsc/metrics'
import test from 'ava'

test('the median of an even number of replicates is the mean of the middle two', (t) => {
  t.is(median([4, 1, 3, 2]), 2.5)
})

test('the range of replicates is lowest and highest', (t) => {
  t.deepEqual(range([0.06, 0.055, 0.071]), [0.055, 0.071])
})
