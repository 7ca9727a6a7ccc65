import { type HistogramData, type LatencySummary, percentileOfOffered } from '@spsc/core'
import test from 'ava'

const FIGURES = { p50_ns: 1, p90_ns: 2, p95_ns: 3, p99_ns: 4, p99_9_ns: 5 }
/** 100 delivered items, one in each bucket of 10 ns from 1000 ns. */
const SUMMARY: LatencySummary = {
  ...{ n: 100, min_ns: 1005, max_ns: 1995, mean_ns: 1500, ...FIGURES },
  buckets: Array.from({ length: 100 }, (_, index) => [1000 + 10 * index, 10, 1] as const),
}
const NONE = { unavailable: 'none of the 9 sampled items was delivered' }

function histogram(changes: Partial<HistogramData> = {}) {
  return { latency: SUMMARY, response: SUMMARY, dropped: 0, ...changes }
}

test('where nothing was dropped it is the percentile of the delivered items', (t) => {
  for (const [percentile, ns] of Object.entries(FIGURES)) {
    t.is(percentileOfOffered(histogram(), 'latency', percentile as keyof typeof FIGURES), ns)
  }
})

test('a dropped item ranks above every time', (t) => {
  // 125 offered: the median is the 63rd, the p90 the 113th.
  t.is(percentileOfOffered(histogram({ dropped: 25 }), 'latency', 'p50_ns'), 1630)
  t.is(percentileOfOffered(histogram({ dropped: 25 }), 'latency', 'p90_ns'), Number.POSITIVE_INFINITY)
  // 101 offered: the p99 is the 100th, which was delivered, within the largest that was seen.
  t.is(percentileOfOffered(histogram({ dropped: 1 }), 'response', 'p99_ns'), 1995)
  t.is(percentileOfOffered(histogram({ dropped: 2 }), 'response', 'p99_ns'), Number.POSITIVE_INFINITY)
})

test('so does one that was lost', (t) => {
  t.is(percentileOfOffered(histogram({ dropped: 1, lost: 1 }), 'latency', 'p99_ns'), Number.POSITIVE_INFINITY)
})

test('where all were dropped every percentile is infinite', (t) => {
  const nothing = histogram({ latency: NONE, response: NONE, dropped: 9 })
  t.is(percentileOfOffered(nothing, 'latency', 'p50_ns'), Number.POSITIVE_INFINITY)
  t.is(percentileOfOffered(nothing, 'response', 'p99_9_ns'), Number.POSITIVE_INFINITY)
})

test('what the delivered items have no figure of is unavailable', (t) => {
  const undue = { unavailable: 'no item has both due and done' }
  t.deepEqual(percentileOfOffered(histogram({ response: undue, dropped: 9 }), 'response', 'p50_ns'), undue)
  t.deepEqual(percentileOfOffered(histogram({ latency: NONE, response: NONE }), 'latency', 'p50_ns'), NONE)
  const negative = histogram({ latency: NONE, response: NONE, dropped: 1, negative: { latency: 3, response: 3 } })
  t.deepEqual(percentileOfOffered(negative, 'latency', 'p50_ns'), NONE)
})
