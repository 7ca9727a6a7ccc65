import type { Certificate, ClockSkew, HostNoise, PacerError, PerThread, Spread } from './collected/certificate.js'
import { isUnavailable, type Unavailable, unavailable } from './pipeline.js'
import type { Scenario } from './scenario.js'

// What is made of the readings, in one place for threads of either language:
//
//   producer alone, consumer alone     what a stamp and a record cost, noise, pacer
//   both together                      a word goes to and fro

/** What a thread read while the other one slept. Times are nanoseconds. */
export interface AloneReadings {
  /** Of one stamp, one per batch. */
  readonly stamp: readonly number[]
  /** Of one item at this end, pushed to or popped from a queue that does nothing: recorded and not, in turns. */
  readonly recorded: readonly number[]
  readonly unrecorded: readonly number[]
  readonly noise: HostNoise
  /** The producer's, in a paced scenario: how late it was after each wait. */
  readonly pacer: readonly { readonly waitNs: number; readonly overshoot: readonly number[] }[]
}

/** What a thread read while a word went to and fro: each time as it sent the word, and as it saw what came. */
export interface TripTimes {
  readonly sent: ArrayLike<number>
  readonly seen: ArrayLike<number>
}

export interface Readings {
  readonly alone: PerThread<AloneReadings>
  readonly trips: PerThread<TripTimes>
}

/** How long each reading goes on, in nanoseconds, and which waits are tried: the same for threads of either language. */
export interface CertificatePlan {
  readonly stampNs: number
  readonly recorderNs: number
  readonly noiseNs: number
  readonly pacerNs: number
  readonly tripsNs: number
  /** Ascending; none at interval 0. */
  readonly waitsNs: readonly number[]
}

const WAITS_NS = [50_000, 200_000, 1_000_000]
/** The scenario's own interval is tried up to this. */
const LONGEST_WAIT_NS = 5_000_000

function waitsOf({ prodIntervalUs }: Scenario): number[] {
  if (prodIntervalUs === 0) return []
  const own = prodIntervalUs * 1000
  const waits = own <= LONGEST_WAIT_NS ? [...WAITS_NS, own] : WAITS_NS
  return [...new Set(waits)].sort((a, b) => a - b)
}

/** Divides the time that a certificate may take. The first three are taken by each thread, one after the other. */
export function planCertificate(scenario: Scenario, budgetNs: number): CertificatePlan {
  return {
    stampNs: 0.03 * budgetNs,
    recorderNs: 0.18 * budgetNs,
    noiseNs: 0.1 * budgetNs,
    pacerNs: 0.24 * budgetNs,
    tripsNs: 0.14 * budgetNs,
    waitsNs: waitsOf(scenario),
  }
}

function spreadOf(values: readonly number[], what: string): Spread | Unavailable {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b)
  const n = sorted.length
  if (n === 0) return unavailable(`no ${what} was read in the time that a certificate may take`)
  const at = (index: number) => sorted[index] as number
  return { n, median: (at((n - 1) >> 1) + at(n >> 1)) / 2, min: at(0), max: at(n - 1) }
}

function perThread<Figure>(
  { producer, consumer }: PerThread<AloneReadings>,
  figure: (readings: AloneReadings) => Figure | Unavailable,
): PerThread<Figure> {
  const of = (readings: AloneReadings | Unavailable) => (isUnavailable(readings) ? readings : figure(readings))
  return { producer: of(producer), consumer: of(consumer) }
}

/** The first half of the batches ran while their code was compiled. */
function recorderOf({ recorded, unrecorded }: AloneReadings): Spread | Unavailable {
  const costs = recorded.map((ns, batch) => ns - (unrecorded[batch] ?? Number.NaN))
  return spreadOf(costs.slice(costs.length >> 1), 'recorded item')
}

function pacerOf(readings: AloneReadings | Unavailable, { pacing, prodIntervalUs }: Scenario): Certificate['pacer'] {
  if (prodIntervalUs === 0) return unavailable('at interval 0 nothing is paced')
  if (isUnavailable(readings)) return readings
  const waits = readings.pacer.flatMap(({ waitNs, overshoot }): PacerError[] => {
    const overshoot_ns = spreadOf(overshoot, 'wait')
    return isUnavailable(overshoot_ns) ? [] : [{ wait_ns: waitNs, overshoot_ns }]
  })
  return waits.length === 0
    ? unavailable('no wait fitted into the time that a certificate may take')
    : { pacing, waits }
}

/** One trip to and fro: four stamps in the order in which they were taken, the outer ones by the producer's clock. */
interface Trip {
  readonly left: number
  readonly came: number
  readonly answered: number
  readonly back: number
}

/** The trips of which both threads have all times: the last one may have been cut short. */
function tripsOf({ producer, consumer }: PerThread<TripTimes>): readonly Trip[] | Unavailable {
  if (isUnavailable(producer)) return producer
  if (isUnavailable(consumer)) return consumer
  const n = Math.min(producer.seen.length, consumer.sent.length)
  if (n === 0) return unavailable('no round trip was finished in the time that a certificate may take')
  return Array.from({ length: n }, (_, trip) => ({
    left: producer.sent[trip] as number,
    came: consumer.seen[trip] as number,
    answered: consumer.sent[trip] as number,
    back: producer.seen[trip] as number,
  }))
}

/**
 * A message is received after it was sent, whatever the clocks say. With `offset` = consumer's clock − producer's,
 * each way bounds it on one side:
 *
 * ```
 * producer   left          back        came ≥ left + offset          offset ≤ came − left
 *               \          ^           back ≥ answered − offset      offset ≥ answered − back
 * consumer       v came   / answered
 * ```
 * The tightest bounds are those of the fastest trip each way: the argument of Cristian, Probabilistic clock
 * synchronization (1989), and of the correctness interval of NTP (RFC 5905, section 11.2.1).
 */
function skewOf(trips: readonly Trip[]): ClockSkew {
  let lo = Number.NEGATIVE_INFINITY
  let hi = Number.POSITIVE_INFINITY
  let backwards = 0
  let last = Number.NEGATIVE_INFINITY
  for (const { left, came, answered, back } of trips) {
    hi = Math.min(hi, came - left)
    lo = Math.max(lo, answered - back)
    for (const stamp of [left, came, answered, back]) {
      if (stamp < last) backwards++
      last = stamp
    }
  }
  return { n: trips.length, lo, hi, backwards }
}

/** Half of each round trip, without the time that the consumer kept the word: NTP's δ / 2 (RFC 5905, section 8). */
function handoffOf(trips: readonly Trip[]): Spread | Unavailable {
  const oneWay = trips.map(({ left, came, answered, back }) => (back - left - (answered - came)) / 2)
  return spreadOf(oneWay, 'round trip')
}

/**
 * A one-way figure is `popped − sent`, read in two threads. It is wrong by the offset of their clocks, of which only the
 * bounds are known, and it holds what lies between the call of either reading and the moment that it gives: up to one
 * stamp at each end.
 *
 *     floor = max(|lo|, |hi|, stamp of the producer + stamp of the consumer)
 */
function floorOf(skew: ClockSkew | Unavailable, stamp: PerThread<Spread>): number | Unavailable {
  for (const part of [skew, stamp.producer, stamp.consumer]) if (isUnavailable(part)) return part
  const { lo, hi } = skew as ClockSkew
  const stamps = (stamp.producer as Spread).median + (stamp.consumer as Spread).median
  return Math.max(Math.abs(lo), Math.abs(hi), stamps)
}

/** The certificate that readings make. */
export function certificateOf({ alone, trips: times }: Readings, scenario: Scenario): Certificate {
  const trips = tripsOf(times)
  const stamp_ns = perThread(alone, ({ stamp }) => spreadOf(stamp, 'stamp'))
  const skew_ns = isUnavailable(trips) ? trips : skewOf(trips)
  return {
    stamp_ns,
    skew_ns,
    handoff_ns: isUnavailable(trips) ? trips : handoffOf(trips),
    recorder_ns: perThread(alone, recorderOf),
    pacer: pacerOf(alone.producer, scenario),
    noise: perThread(alone, ({ noise }) => noise),
    floor_ns: floorOf(skew_ns, stamp_ns),
  }
}
