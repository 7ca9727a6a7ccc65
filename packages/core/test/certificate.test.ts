import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import {
  type AloneReadings,
  certificateOf,
  isUnavailable,
  loadBackend,
  parseScenario,
  planCertificate,
  type QueueBackend,
  type Readings,
  type TripTimes,
  unavailable,
} from '@spsc/core'
import test, { type ExecutionContext } from 'ava'
import { fixture, LAMPORT } from './fixtures.js'
import { measure } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })
const paced = parseScenario('test', { pacing: 'deadline' })

const alone = (changes: Partial<AloneReadings> = {}): AloneReadings => ({
  stamp: [50, 40, 90],
  // The first half is the compiler's.
  recorded: [900, 130, 150],
  unrecorded: [100, 30, 20],
  noise: { watched_ns: 1e6, largest_gap_ns: 3000, gaps: 2, share: 0.005 },
  pacer: [],
  ...changes,
})

/** Trips by the clocks of both threads: [left, came, answered, back]. */
function tripsOf(...stamps: [number, number, number, number][]): Readings['trips'] {
  const column = (index: number) => stamps.map((trip) => trip[index] as number)
  return { producer: { sent: column(0), seen: column(3) }, consumer: { seen: column(1), sent: column(2) } }
}

const TRIPS = tripsOf([1000, 1200, 1230, 1400], [2000, 2150, 2190, 2490], [3000, 3400, 3500, 3600])

function made(changes: Partial<Readings> = {}, scenario = paced) {
  return certificateOf({ alone: { producer: alone(), consumer: alone() }, trips: TRIPS, ...changes }, scenario)
}

test('the fastest trip each way bounds the offset of the clocks', (t) => {
  t.deepEqual(made().skew_ns, { n: 3, lo: -100, hi: 150, backwards: 0 })
})

test('clocks that are apart have bounds that say so', (t) => {
  // The consumer's clock is 1000 ns ahead.
  const trips = tripsOf([1000, 2200, 2230, 1400])
  t.like(made({ trips }).skew_ns, { lo: 830, hi: 1200, backwards: 1 })
  t.is(made({ trips }).floor_ns, 1200)
})

test('a hand-off is half of a trip without the time that the consumer kept the word', (t) => {
  t.deepEqual(made().handoff_ns, { n: 3, median: 225, min: 185, max: 250 })
})

test('stamps that lie before earlier ones are counted, in either thread', (t) => {
  const backwards = (...stamps: [number, number, number, number][]) => {
    const { skew_ns } = made({ trips: tripsOf(...stamps) })
    return isUnavailable(skew_ns) ? skew_ns : skew_ns.backwards
  }
  t.is(backwards([10, 20, 30, 40], [50, 60, 70, 80]), 0)
  t.is(backwards([10, 9, 30, 40]), 1)
  t.is(backwards([10, 20, 30, 29]), 1)
  t.is(backwards([10, 20, 30, 40], [39, 60, 70, 80]), 1)
  t.is(backwards([10, 10, 10, 10]), 0)
})

test('the floor is the larger of the offset that may be and one stamp of each thread', (t) => {
  t.is(made().floor_ns, 150)
  const slow = alone({ stamp: [80] })
  t.is(made({ alone: { producer: slow, consumer: slow } }).floor_ns, 160)
})

test('a trip that was cut short counts in nothing; none at all is no floor', (t) => {
  const cut: Readings['trips'] = { producer: { sent: [1], seen: [] }, consumer: { sent: [3], seen: [2] } }
  const { skew_ns, handoff_ns, floor_ns, stamp_ns } = made({ trips: cut })
  t.deepEqual([skew_ns, handoff_ns, floor_ns].map(isUnavailable), [true, true, true])
  t.false(isUnavailable(stamp_ns.producer))
})

test('recording costs the difference of batches that ran by turns, when the code was compiled', (t) => {
  t.deepEqual(made().recorder_ns.producer, { n: 2, median: 115, min: 100, max: 130 })
  const odd = alone({ recorded: [9, Number.NaN, 7], unrecorded: [1, 1, 2] })
  t.deepEqual(made({ alone: { producer: odd, consumer: odd } }).recorder_ns.producer, {
    n: 1,
    median: 5,
    min: 5,
    max: 5,
  })
})

test('the pacer’s error stands by length of wait, in the scenario’s pacing', (t) => {
  const pacer = [
    { waitNs: 50_000, overshoot: [60, 20, 10] },
    { waitNs: 200_000, overshoot: [] },
  ]
  t.deepEqual(made({ alone: { producer: alone({ pacer }), consumer: alone() } }).pacer, {
    pacing: 'deadline',
    waits: [{ wait_ns: 50_000, overshoot_ns: { n: 3, median: 20, min: 10, max: 60 } }],
  })
  t.true(isUnavailable(made().pacer))
})

test('at interval 0 nothing is paced, and it is said', (t) => {
  t.deepEqual(made({}, parseScenario('test', { prodIntervalUs: 0 })).pacer, {
    unavailable: 'at interval 0 nothing is paced',
  })
})

test('what one thread could not read is unavailable, and the rest stands', (t) => {
  const broken = unavailable('out of luck')
  const certificate = made({ alone: { producer: broken, consumer: alone() } })
  t.deepEqual(certificate.stamp_ns.producer, broken)
  t.deepEqual(certificate.pacer, broken)
  t.deepEqual(certificate.floor_ns, broken)
  t.false(isUnavailable(certificate.stamp_ns.consumer))
  t.false(isUnavailable(certificate.skew_ns))
})

test('waits are tried up to 5 ms, the scenario’s own among them', (t) => {
  const waits = (prodIntervalUs: number) => planCertificate(parseScenario('test', { prodIntervalUs }), 2e7).waitsNs
  t.deepEqual(waits(0), [])
  t.deepEqual(waits(1000), [50_000, 200_000, 1_000_000])
  t.deepEqual(waits(10), [10_000, 50_000, 200_000, 1_000_000])
  t.deepEqual(waits(5000), [50_000, 200_000, 1_000_000, 5_000_000])
  t.deepEqual(waits(5001), [50_000, 200_000, 1_000_000])
})

test('a plan takes the time that it was given', (t) => {
  const { stampNs, recorderNs, noiseNs, pacerNs, tripsNs } = planCertificate(paced, 2e7)
  const whole = 2 * (stampNs + recorderNs + noiseNs) + pacerNs + tripsNs
  t.true(whole > 0.9 * 2e7 && whole <= 2e7)
})

/** Fails where a part of the certificate is missing or at odds with another. */
async function checkCertificate(t: ExecutionContext, backend: QueueBackend, settings = {}): Promise<void> {
  const { certificate } = await measure(backend, { duration: 0.05, ...settings })
  if (certificate === undefined || isUnavailable(certificate)) return t.fail(JSON.stringify(certificate))
  const { stamp_ns, skew_ns, handoff_ns, recorder_ns, pacer, noise, floor_ns } = certificate
  for (const spread of [...Object.values(stamp_ns), handoff_ns, ...Object.values(recorder_ns)]) {
    if (isUnavailable(spread)) return t.fail(spread.unavailable)
    t.true(spread.n > 0 && spread.min <= spread.median && spread.median <= spread.max, JSON.stringify(spread))
  }
  for (const watched of Object.values(noise)) {
    if (isUnavailable(watched)) return t.fail(watched.unavailable)
    t.true(watched.largest_gap_ns <= watched.watched_ns && watched.share >= 0 && watched.share <= 1)
    t.is(watched.gaps > 0, watched.share > 0)
  }
  if (isUnavailable(skew_ns) || isUnavailable(floor_ns)) return t.fail(JSON.stringify([skew_ns, floor_ns]))
  t.true(skew_ns.n > 0 && skew_ns.lo <= skew_ns.hi && floor_ns >= Math.max(-skew_ns.lo, skew_ns.hi))
  t.is(skew_ns.backwards, 0)
  if (isUnavailable(pacer)) t.is((settings as { prodIntervalUs?: number }).prodIntervalUs, 0)
  else t.true(pacer.waits.length > 0 && pacer.waits.every(({ overshoot_ns: { n } }) => n >= 3))
}

for (const settings of [
  {},
  { prodIntervalUs: 0, onFull: 'block', wait: 'spin' },
  { pacing: 'spin', prodIntervalUs: 200, wait: 'yield' },
  { pinProducer: 'first', pinConsumer: 'first' },
]) {
  test.serial(`a replicate is certified by its own threads (${JSON.stringify(settings)})`, async (t) => {
    await checkCertificate(t, lamport, settings)
  })
}

test.serial('ends that wait on their event loops are certified too', async (t) => {
  const backend = await loadBackend({ module: fixture('async-queue.js') })
  await checkCertificate(t, backend, { onFull: 'block' })
  await checkCertificate(t, backend, { onFull: 'block', prodIntervalUs: 0 })
})

test.serial('a run cancelled while it is certified leaves no thread behind', async (t) => {
  const program = fileURLToPath(fixture('cancelled-run.js'))
  const args = [program, LAMPORT, 'lamport', JSON.stringify({ duration: 0.4 }), 'certificate']
  const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 })
  t.is(stdout, 'ERR_CANCELLED\n')
})

test('trip times may be typed arrays', (t) => {
  const typed = ({ sent, seen }: TripTimes) => ({ sent: Float64Array.from(sent), seen: Float64Array.from(seen) })
  const { producer, consumer } = TRIPS as { producer: TripTimes; consumer: TripTimes }
  t.deepEqual(made({ trips: { producer: typed(producer), consumer: typed(consumer) } }), made())
})
