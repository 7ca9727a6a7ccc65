import type { LatencySummary } from '@spsc/core'
import { EXPORTERS } from '@spsc/report'
import test from 'ava'
import hdr from 'hdr-histogram-js'
import { failed, latency, measured, withLatency } from './records.js'

const toHlog = EXPORTERS.hlog

/** `count` values in each bucket that begins at one of these: cut as the histogram collector cuts them. */
function distribution(counts: Readonly<Record<number, number>>): LatencySummary {
  const buckets = Object.entries(counts).map(([text, count]) => {
    const lowest = Number(text)
    const width = 2 ** Math.max(0, lowest.toString(2).length - 8)
    return [lowest - (lowest % width), width, count] as const
  })
  const n = buckets.reduce((sum, [, , count]) => sum + count, 0)
  return { ...latency(60_000), n, max_ns: 1_620_123, buckets }
}

/** Every interval, by HdrHistogram's own reader. */
function intervals(log: string): hdr.JsHistogram[] {
  const reader = new hdr.HistogramLogReader(log, 64)
  const found: hdr.JsHistogram[] = []
  for (let next = reader.nextIntervalHistogram(); next !== null; next = reader.nextIntervalHistogram()) {
    found.push(next as hdr.JsHistogram)
  }
  return found
}

const lines = (log: string) => log.trimEnd().split('\n')
const withCounts = (counts: Readonly<Record<number, number>>) => ({ collectors: withLatency(distribution(counts)) })

test('HdrHistogram reads a line per replicate, with its tag, its times and its counts', (t) => {
  const later = { replicate: 2, started_at: '2025-01-01T00:00:12.500Z' }
  const log = toHlog([
    measured(withCounts({ 60000: 100, 299000: 1 })),
    measured({ ...withCounts({ 200: 7 }), ...later }),
  ])
  const [first, second, ...rest] = intervals(log)
  t.is(rest.length, 0)
  t.like(first, { tag: 'baseline/sab', totalCount: 101, startTimeStampMsec: Date.parse('2025-01-01T00:00:00.000Z') })
  t.is(first?.endTimeStampMsec, Date.parse('2025-01-01T00:00:10.000Z'))
  t.like(second, { tag: 'baseline/sab', totalCount: 7, startTimeStampMsec: Date.parse(later.started_at) })
  t.is(second?.getValueAtPercentile(50), 200)
})

test('every count stays in its bucket, from 0 to the largest value that a record holds', (t) => {
  const counts: Record<number, number> = {
    0: 1,
    1: 2,
    127: 3,
    128: 1,
    255: 4,
    256: 5,
    258: 1,
    511: 6,
    512: 7,
    60000: 1e6,
  }
  Object.assign(counts, { [2 ** 31]: 8, [2 ** 32 + 1]: 9, [2 ** 40]: 10, 3600000000000: 2 ** 33 })
  const [histogram] = intervals(toHlog([measured(withCounts(counts))]))
  for (const [lowest, width, count] of distribution(counts).buckets) {
    t.is(histogram?.getCountAtIndex(histogram.countsArrayIndex(lowest)), count, `at ${lowest}`)
    t.is(histogram?.lowestEquivalentValue(lowest), lowest)
    t.is(histogram?.sizeOfEquivalentValueRange(lowest), width)
  }
  t.is(histogram?.totalCount, distribution(counts).n)
})

test('the largest value is exact and in milliseconds, as its legend and its comment say', (t) => {
  const log = toHlog([measured(withCounts({ 60000: 1 }))])
  t.regex(log, /^Tag=baseline\/sab,0\.000,10\.000000,1\.620123,HISTFAAAA[A-Za-z0-9+/=]+$/m)
  t.regex(log, /^#\[Histogram log format version 1\.3\]\n/)
  t.regex(log, /^#\[Values are nanoseconds, .*Interval_Max is exact, nanoseconds \/ 1000000\]$/m)
})

test('intervals can be added: all have one configuration', (t) => {
  const log = toHlog([measured(withCounts({ 200: 1 })), measured({ ...withCounts({ 9000000: 2 }), replicate: 2 })])
  const [small, large] = intervals(log) as [hdr.JsHistogram, hdr.JsHistogram]
  small.add(large)
  t.is(small.totalCount, 3)
  t.is(small.getValueAtPercentile(100), large.maxValue)
})

test('a replicate without latencies is a comment that says why', (t) => {
  const records = [
    failed({ scenario: 'stuck' }),
    measured({ collectors: { histogram: { unavailable: 'no item was sampled' } } }),
    measured({ collectors: withLatency({ ...latency(60_000), buckets: [[60_000, 1000, 5]] }) }),
    measured({ collectors: withLatency({ ...latency(60_000), buckets: [[256, 2, 1.5]] }) }),
    measured({ ...withCounts({ 200: 1 }), started_at: 'yesterday' }),
  ]
  const log = toHlog(records)
  t.deepEqual(intervals(log), [])
  t.deepEqual(lines(log).slice(-5), [
    '#[stuck/sab, replicate 1: no line: failed: ERR_PLUGIN_HUNG]',
    '#[baseline/sab, replicate 1: no line: no item was sampled]',
    '#[baseline/sab, replicate 1: no line: it stores no buckets as the histogram collector cuts them]',
    '#[baseline/sab, replicate 1: no line: it stores no buckets as the histogram collector cuts them]',
    '#[baseline/sab, replicate 1: no line: it does not tell when it started]',
  ])
})

test('no name leaves its tag, and no two cells share one', (t) => {
  const names = ['a,b c', 'a b,c', '\u001b[31mred\u001b[0m\n#', '../../etc', '<script>', '#[StartTime: 5]']
  const log = toHlog(names.map((scenario) => measured({ scenario, ...withCounts({ 200: 1 }) })))
  t.deepEqual(
    intervals(log).map(({ tag }) => tag),
    ['a_b_c/sab', 'a_b_c/sab_2', 'red_/sab', '../../etc/sab', '_script_/sab', '_StartTime:_5_/sab'],
  )
  t.true(lines(log).every((line) => /^(#\[|"StartTimestamp"|Tag=[^, ]+,0\.000,)/.test(line)))
})

test('no record at all: a log without lines', (t) => {
  t.deepEqual(intervals(toHlog([])), [])
})
