import { type HistogramData, isUnavailable, type LatencySummary, type MeasuredRecord, unavailable } from '@spsc/core'
import { keeps, parseSlo } from '@spsc/lab'
import test from 'ava'

/** 1000 items of 50 µs and 10 of 5 ms: p99 is 50 µs. */
const SUMMARY: LatencySummary = {
  n: 1010,
  min_ns: 50_000,
  max_ns: 5_000_000,
  mean_ns: 99_000,
  p50_ns: 50_000,
  p90_ns: 50_000,
  p95_ns: 50_000,
  p99_ns: 50_000,
  p99_9_ns: 5_000_000,
  buckets: [
    [49_920, 256, 1000],
    [4_980_736, 32_768, 10],
  ],
}

function record(changes: Partial<MeasuredRecord> = {}, histogram: Partial<HistogramData> = {}): MeasuredRecord {
  const data: HistogramData = {
    latency: SUMMARY,
    response: SUMMARY,
    dropped: 0,
    lost: 0,
    negative: { latency: 0, response: 0 },
    clamped: 0,
    window_s: 1,
    windows: [],
    ...histogram,
  }
  return { status: 'ok', drop_rate: 0, collectors: { histogram: data }, ...changes } as MeasuredRecord
}

test('a percentile is of the response unless it says latency', (t) => {
  t.deepEqual(
    parseSlo('p99<100us, latency.p99.9<2ms,drop<0.001').map(({ text, figure, limit }) => ({ text, figure, limit })),
    [
      { text: 'response.p99<100us', figure: 'response_p99_ns', limit: 100_000 },
      { text: 'latency.p99.9<2ms', figure: 'latency_p99_9_ns', limit: 2_000_000 },
      { text: 'drop<0.001', figure: 'drop_rate', limit: 0.001 },
    ],
  )
})

test('bounds are in ns, us, ms or s', (t) => {
  const limits = ['p50<1ns', 'p50<1us', 'p50<1µs', 'p50<1.5ms', 'p50<.5s'].map((text) => parseSlo(text)[0]?.limit)
  t.deepEqual(limits, [1, 1000, 1000, 1_500_000, 500_000_000])
})

for (const text of [
  '',
  'p99',
  'p99<',
  'p99<100',
  'p99<0us',
  'p98<1ms',
  'p99>1ms',
  'p99<=1ms',
  'mean<1ms',
  'drop<0',
  'drop<2',
  'drop<1%',
  'done.p99<1ms',
  'p99<1ms,',
]) {
  test(`${JSON.stringify(text)} is no objective`, (t) => {
    t.throws(() => parseSlo(text), { code: 'ERR_OPTION', message: /--slo is ".*"; allowed: p50, p90/ })
  })
}

test('a figure that is bounded twice is refused', (t) => {
  t.throws(() => parseSlo('p99<1ms,response.p99<2ms'), { message: /bounds response\.p99 twice/ })
})

test('every term must hold, strictly', (t) => {
  t.true(keeps(record(), parseSlo('p99<51us,p50<51us')))
  t.false(keeps(record(), parseSlo('p99<50us')))
  t.false(keeps(record(), parseSlo('p99<51us,p99.9<1ms')))
  t.false(keeps(record({ drop_rate: 0.01 }), parseSlo('p99<51us,drop<0.01')))
})

test('a replicate that missed its rate keeps nothing', (t) => {
  t.false(keeps(record({ invalid: 'missed' }), parseSlo('p50<1s')))
})

test('a dropped item ranks above every time', (t) => {
  const [p99] = parseSlo('p99<1ms')
  t.is(p99?.of(record()), 50_000)
  // 1010 delivered and 5 dropped: rank 1005 of 1015 is among the slow ones.
  t.is(p99?.of(record({}, { dropped: 5 })), 5_000_000)
  t.is(p99?.of(record({}, { dropped: 11 })), Number.POSITIVE_INFINITY)
  t.false(keeps(record({}, { dropped: 11 }), parseSlo('p99<1s')))
})

test('where everything was dropped no bound holds', (t) => {
  const none = unavailable('none of the 9 sampled items was delivered')
  t.false(keeps(record({}, { latency: none, response: none, dropped: 9 }), parseSlo('p50<1s')))
})

test('what was not measured is neither kept nor broken', (t) => {
  const none = unavailable('no item was sampled')
  t.true(isUnavailable(keeps(record({}, { response: none }), parseSlo('p50<1s'))))
  t.true(isUnavailable(keeps(record({ collectors: {} }), parseSlo('p50<1s'))))
  const broken = unavailable('the collector threw')
  t.deepEqual(keeps(record({ collectors: { histogram: broken } }), parseSlo('p50<1s')), broken)
  t.false(keeps(record({ drop_rate: 1 }, { response: none }), parseSlo('p50<1s,drop<0.1')))
})
