import { type LatencySummary, SpscError, type Unavailable, unavailable } from '@spsc/core'

/** Buckets per octave, log 2. */
const PRECISION_BITS = 10
const PER_OCTAVE = 2 ** PRECISION_BITS
/** The same for what a record stores. */
const STORED_PRECISION_BITS = 7
/** Largest value that is told apart: the largest exact integer of a JavaScript number, 104 days in nanoseconds. */
export const MAX_VALUE = Number.MAX_SAFE_INTEGER
const VALUE_BITS = 53
const BUCKETS = (VALUE_BITS - PRECISION_BITS + 1) * PER_OCTAVE
/** Shifts a value of more than 32 bits into the range of `Math.clz32` and `>>>`, which know 32. */
const HIGH_SHIFT = VALUE_BITS - 32
const LIMB = 2 ** 32

/** A half-open range of values and how many were recorded in it: `[lowest, width, count]`. */
export type Bucket = readonly [lowest: number, width: number, count: number]

/** Keeps the leading 11 bits of `ns`; how many bits that drops is the octave. */
function bucketOf(ns: number): number {
  const high = ns >= LIMB ? HIGH_SHIFT : 0
  const top = high === 0 ? ns : Math.floor(ns / 2 ** HIGH_SHIFT)
  const dropped = Math.max(0, 31 - PRECISION_BITS - Math.clz32(top))
  return (high + dropped) * PER_OCTAVE + (top >>> dropped)
}

function widthOf(bucket: number): number {
  return 2 ** Math.max(0, Math.floor(bucket / PER_OCTAVE) - 1)
}

function lowestOf(bucket: number): number {
  const octave = Math.max(0, Math.floor(bucket / PER_OCTAVE) - 1)
  return (bucket - octave * PER_OCTAVE) * 2 ** octave
}

/**
 * A log-linear histogram of whole nanoseconds, after Gil Tene's HdrHistogram (hdrhistogram.org): each octave is cut
 * into 1024 buckets of equal width.
 *
 * ```
 * value   0 ........ 2047 | 2048 ....... 4095 | 4096 ....... 8191 | ...  2^52 ..... 2^53-1
 * width   1 each          | 2 each            | 4 each            |      2^42 each
 * bucket  0 ........ 2047 | 2048 ....... 3071 | 3072 ....... 4095 | ... 44032 ..... 45055
 * ```
 * Values below 2048 ns are exact; above, a bucket is at most 1/1024 (0.1 %) of its values wide, so a percentile is off
 * by at most 1/2048 (0.05 %). `n`, `min`, `max` and `sum` are exact. The counts take 360 448 bytes, however long the
 * run; they are doubles, so that no count wraps before 2^53.
 *
 * The range ends at 2^53 − 1 ns, since every duration that a scenario allows fits 600 times over and nothing that a
 * `number` holds exactly has to be cut. A larger value is recorded as {@link MAX_VALUE} and counted in `clamped`.
 *
 * @example
 * const histogram = new Histogram()
 * for (const ns of [60_000, 56_000, 1_620_000]) histogram.record(ns)
 * histogram.percentile(50) // 60000, give or take 0.05 %
 */
export class Histogram implements Iterable<Bucket> {
  readonly #counts = new Float64Array(BUCKETS)
  #n = 0
  #min = Number.POSITIVE_INFINITY
  #max = Number.NEGATIVE_INFINITY
  #clamped = 0
  // Two limbs, since a double stops being exact after one value of 104 days, or a million of 2.5 hours.
  #sumHigh = 0
  #sumLow = 0

  /** Values recorded, clamped ones included. */
  get n(): number {
    return this.#n
  }

  /** Smallest value, exact; NaN when empty. */
  get min(): number {
    return this.#n === 0 ? Number.NaN : this.#min
  }

  /** Largest value, exact; NaN when empty. */
  get max(): number {
    return this.#n === 0 ? Number.NaN : this.#max
  }

  /** Sum of the values, exact. */
  get sum(): bigint {
    return BigInt(this.#sumHigh) * BigInt(LIMB) + BigInt(this.#sumLow)
  }

  /** Arithmetic mean: the exact sum, divided once; NaN when empty. */
  get mean(): number {
    return Number(this.sum) / this.#n
  }

  /** Values above {@link MAX_VALUE}, recorded as that. */
  get clamped(): number {
    return this.#clamped
  }

  /** Bytes of the counts: the same for an empty histogram and a full one. */
  get byteLength(): number {
    return this.#counts.byteLength
  }

  /**
   * Counts one value. Allocates nothing.
   *
   * @param ns a non-negative integer
   * @throws `ERR_OPTION` for a negative value, a fraction or NaN: there is no bucket that would be true
   */
  record(ns: number): void {
    let value = ns
    if (value > MAX_VALUE) {
      this.#clamped++
      value = MAX_VALUE
    } else if (!(value >= 0 && Number.isInteger(value))) {
      throw new SpscError('ERR_OPTION', 'histogram', `a value of ${ns} ns; allowed: an integer from 0`)
    }
    const bucket = bucketOf(value)
    this.#counts[bucket] = (this.#counts[bucket] as number) + 1
    this.#n++
    if (value < this.#min) this.#min = value
    if (value > this.#max) this.#max = value
    const high = Math.floor(value / LIMB)
    this.#addToSum(high, value - high * LIMB)
  }

  /** Adds what another histogram holds, as if its values had been recorded here; `other` stays as it is. */
  merge(other: Histogram): void {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      this.#counts[bucket] = (this.#counts[bucket] as number) + (other.#counts[bucket] as number)
    }
    this.#n += other.#n
    this.#min = Math.min(this.#min, other.#min)
    this.#max = Math.max(this.#max, other.#max)
    this.#clamped += other.#clamped
    this.#addToSum(other.#sumHigh, other.#sumLow)
  }

  /**
   * The value at rank ⌈p/100 · n⌉ of the sorted values (nearest rank: an observed value, never an interpolation), known
   * to the middle of its bucket and kept within `min` and `max`; the first and the last
   * rank are exact. NaN when empty.
   *
   * @param p percent, 0 to 100, read to six decimals
   * @throws `ERR_OPTION` for a `p` out of range
   */
  percentile(p: number): number {
    if (!(p >= 0 && p <= 100)) {
      throw new SpscError('ERR_OPTION', 'histogram', `percentile ${p}; allowed: a number from 0 to 100`)
    }
    if (this.#n === 0) return Number.NaN
    const rank = nearestRank(p, this.#n)
    if (rank === 1) return this.#min
    if (rank === this.#n) return this.#max
    let seen = 0
    for (const [lowest, width, count] of this) {
      seen += count
      if (seen >= rank) return Math.min(Math.max(lowest + Math.floor(width / 2), this.#min), this.#max)
    }
    return this.#max
  }

  /** Occupied buckets, ascending. */
  *[Symbol.iterator](): Generator<Bucket, void, undefined> {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      const count = this.#counts[bucket] as number
      if (count > 0) yield [lowestOf(bucket), widthOf(bucket), count]
    }
  }

  /**
   * The form in which a record stores a distribution.
   *
   * @param whenEmpty the reason given where nothing was recorded: no figure is made up for it
   */
  summary(whenEmpty = 'no value was recorded'): LatencySummary | Unavailable {
    if (this.#n === 0) return unavailable(whenEmpty)
    return {
      n: this.#n,
      min_ns: this.#min,
      max_ns: this.#max,
      mean_ns: this.mean,
      p50_ns: this.percentile(50),
      p90_ns: this.percentile(90),
      p95_ns: this.percentile(95),
      p99_ns: this.percentile(99),
      p99_9_ns: this.percentile(99.9),
      buckets: coarser(this),
    }
  }

  #addToSum(high: number, low: number): void {
    this.#sumLow += low
    this.#sumHigh += high
    if (this.#sumLow >= LIMB) {
      const carry = Math.floor(this.#sumLow / LIMB)
      this.#sumLow -= carry * LIMB
      this.#sumHigh += carry
    }
  }
}

/** Joins buckets to 128 per octave, 0.8 % wide: what a curve can show, in a tenth of the bytes. */
function coarser(buckets: Iterable<Bucket>): Bucket[] {
  const joined: Bucket[] = []
  for (const [lowest, , count] of buckets) {
    const width = 2 ** Math.max(0, Math.floor(Math.log2(lowest)) - STORED_PRECISION_BITS)
    const start = Math.floor(lowest / width) * width
    const last = joined.at(-1)
    if (last?.[0] === start) joined[joined.length - 1] = [start, width, last[2] + count]
    else joined.push([start, width, count])
  }
  return joined
}

// In integers, since 99.9 / 100 · 1000 is 999.0000000000001 as doubles, and its ceiling one rank too high.
function nearestRank(p: number, n: number): number {
  const millionths = BigInt(Math.round(p * 1e6)) * BigInt(n)
  return Math.max(1, Number((millionths + 99_999_999n) / 100_000_000n))
}
