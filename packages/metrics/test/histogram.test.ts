import { Histogram, MAX_VALUE } from '@spsc/metrics'
import test from 'ava'
import fc from 'fast-check'

const PERCENTILES = [0, 1, 50, 90, 95, 99, 99.9, 99.99, 100]
const ERROR = 1 / 2048

const value = fc.oneof(
  fc.nat(4096),
  fc.nat(2 ** 31 - 1),
  fc.integer({ min: 2 ** 31 - 4, max: 2 ** 33 }),
  fc.maxSafeNat(),
)
const values = fc.array(value, { minLength: 1, maxLength: 300 })

function histogramOf(items: readonly number[]): Histogram {
  const histogram = new Histogram()
  for (const item of items) histogram.record(item)
  return histogram
}

/** Nearest rank on the sorted values, with the ceiling taken on exact integers. */
function nearestRank(sorted: readonly number[], p: number): number {
  const rank = Math.max(1, Number((BigInt(p * 100) * BigInt(sorted.length) + 9999n) / 10_000n))
  return sorted[rank - 1] as number
}

test('a percentile is the nearest rank of the sorted values within 1/2048', (t) => {
  fc.assert(
    fc.property(values, (items) => {
      const sorted = items.toSorted((a, b) => a - b)
      const histogram = histogramOf(items)
      for (const p of PERCENTILES) {
        const exact = nearestRank(sorted, p)
        if (Math.abs(histogram.percentile(p) - exact) > exact * ERROR) return false
      }
      return true
    }),
  )
  t.pass()
})

test('values below 2048 have exact percentiles', (t) => {
  const histogram = histogramOf(Array.from({ length: 2000 }, (_, i) => i + 1))
  t.deepEqual(
    [0, 50, 99, 99.9, 100].map((p) => histogram.percentile(p)),
    [1, 1000, 1980, 1998, 2000],
  )
})

test('p99.9 of 1000 values is rank 999, not 1000', (t) => {
  t.is(histogramOf(Array.from({ length: 1000 }, (_, i) => i + 1)).percentile(99.9), 999)
})

test('n, min, max, sum and the total of the buckets are exact', (t) => {
  fc.assert(
    fc.property(values, (items) => {
      const histogram = histogramOf(items)
      const sum = items.reduce((total, item) => total + BigInt(item), 0n)
      let counted = 0
      for (const [, , count] of histogram) counted += count
      return (
        histogram.n === items.length &&
        histogram.min === Math.min(...items) &&
        histogram.max === Math.max(...items) &&
        histogram.sum === sum &&
        histogram.mean === Number(sum) / items.length &&
        counted === items.length
      )
    }),
  )
  t.pass()
})

test('a bucket holds its value and is at most 1/1024 of it wide', (t) => {
  fc.assert(
    fc.property(value, (item) => {
      const [[lowest, width] = [Number.NaN, Number.NaN]] = histogramOf([item])
      return lowest <= item && item < lowest + width && (width === 1 || width <= lowest / 1024)
    }),
  )
  t.pass()
})

test('buckets follow each other without gap or overlap around each power of two', (t) => {
  for (let exponent = 1; exponent <= 52; exponent++) {
    const buckets = [...histogramOf([2 ** exponent - 1, 2 ** exponent])]
    t.is(buckets.length, 2)
    const [[lowest, width], [next]] = buckets as [[number, number, number], [number, number, number]]
    t.is(lowest + width, next)
  }
})

test('an empty histogram has no figures', (t) => {
  const histogram = new Histogram()
  t.deepEqual(
    [histogram.n, histogram.sum, histogram.min, histogram.max, histogram.mean, histogram.percentile(50)],
    [0, 0n, Number.NaN, Number.NaN, Number.NaN, Number.NaN],
  )
  t.deepEqual([...histogram], [])
  t.deepEqual(histogram.summary('nothing came'), { unavailable: 'nothing came' })
})

test('one value is every percentile, exactly', (t) => {
  const histogram = histogramOf([1_620_001])
  for (const p of PERCENTILES) t.is(histogram.percentile(p), 1_620_001)
})

test('a value beyond the range is recorded as the largest, and counted', (t) => {
  const histogram = histogramOf([1, MAX_VALUE, 2 ** 60, Number.POSITIVE_INFINITY])
  t.is(histogram.clamped, 2)
  t.is(histogram.n, 4)
  t.is(histogram.max, MAX_VALUE)
  t.is(histogram.sum, 3n * BigInt(MAX_VALUE) + 1n)
})

test('a value that is no count of nanoseconds is refused', (t) => {
  const histogram = new Histogram()
  for (const bad of [-1, 0.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
    t.throws(() => histogram.record(bad), { code: 'ERR_OPTION' })
  }
  t.is(histogram.n, 0)
})

test('a percentile out of range is refused', (t) => {
  for (const bad of [-1, 100.1, Number.NaN]) {
    t.throws(() => histogramOf([1]).percentile(bad), { code: 'ERR_OPTION' })
  }
})

test('merging gives the histogram of all values', (t) => {
  fc.assert(
    fc.property(values, fc.array(value), (left, right) => {
      const merged = histogramOf(left)
      merged.merge(histogramOf(right))
      const whole = histogramOf([...left, ...right])
      t.deepEqual(merged.summary(), whole.summary())
      t.is(merged.sum, whole.sum)
    }),
    { numRuns: 30 },
  )
})

test('memory is the same after a million values', (t) => {
  const histogram = new Histogram()
  t.is(histogram.byteLength, 360_448)
  for (let i = 0; i < 1e6; i++) histogram.record(i * 1000)
  t.is(histogram.byteLength, 360_448)
})

test('a summary has the fields of a record', (t) => {
  t.deepEqual(histogramOf([10, 20, 30, 40]).summary(), {
    n: 4,
    min_ns: 10,
    max_ns: 40,
    mean_ns: 25,
    p50_ns: 20,
    p90_ns: 40,
    p95_ns: 40,
    p99_ns: 40,
    p99_9_ns: 40,
    buckets: [
      [10, 1, 1],
      [20, 1, 1],
      [30, 1, 1],
      [40, 1, 1],
    ],
  })
})
