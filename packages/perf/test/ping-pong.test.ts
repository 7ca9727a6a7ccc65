import { availableParallelism } from 'node:os'
import { isUnavailable } from '@spsc/core'
import { allowedCpus, pinThread } from '@spsc/core/driver'
import { choosePairs, type PingPong, pingPong } from '@spsc/perf'
import test from 'ava'

const nowhere = () => {}

// On one CPU the players would take turns, a time slice for each half of a round.
const testPlaying = availableParallelism() > 1 ? test.serial : test.serial.skip
if (availableParallelism() === 1) console.log('ping-pong: tests of playing are skipped: one CPU')

test('one CPU makes no pair', async (t) => {
  t.deepEqual(await pingPong([0], { pinThread: nowhere }), {
    unavailable: 'a pair takes two CPUs; this process may use 1',
  })
})

testPlaying('a pair’s round trip is a median within its range, and each thread is pinned once a pair', async (t) => {
  const pinned: number[] = []
  const tids = new Set<number>()
  const remember = (cpu: number, tid: number) => {
    pinned.push(cpu)
    tids.add(tid)
  }
  const { pairs, of } = (await pingPong([4, 5, 6], { pinThread: remember, deadlineMs: 40_000 })) as PingPong
  t.is(of, 3)
  t.deepEqual(pinned, [4, 5, 4, 6, 5, 6])
  t.is(tids.size, 2)
  t.false(tids.has(process.pid))
  for (const { round_trip } of pairs) {
    if (isUnavailable(round_trip)) return t.fail(round_trip.unavailable)
    t.true(0 < round_trip.min_ns && round_trip.min_ns <= round_trip.median_ns)
    t.true(round_trip.median_ns <= round_trip.max_ns)
    t.true(round_trip.batches >= 5)
  }
})

test.serial('threads are pinned for real where this system can', async (t) => {
  const cpus = process.platform === 'linux' ? allowedCpus() : []
  if (cpus.length < 2) return t.pass('one CPU, or none known')
  const result = await pingPong(cpus.slice(0, 2), { pinThread })
  // Without taskset it says so.
  if (isUnavailable(result)) t.regex(result.unavailable, /taskset/)
  else t.deepEqual(result.pairs[0]?.cpus, [cpus[0], cpus[1]])
})

test.serial('a pinning that never ends meets the deadline', async (t) => {
  const result = await pingPong([0, 1], { pinThread: () => new Promise(() => {}), deadlineMs: 50 })
  t.deepEqual(result, { unavailable: 'not within 0.05 s for all pairs' })
})

testPlaying('pairs measured before something failed are kept, and the others say why', async (t) => {
  const refuse = (cpu: number) => {
    if (cpu === 6) throw new Error('CPU 6 is gone')
  }
  const { pairs } = (await pingPong([4, 5, 6], { pinThread: refuse, deadlineMs: 40_000 })) as PingPong
  t.deepEqual(
    pairs.map(({ round_trip }) => isUnavailable(round_trip)),
    [false, true, true],
  )
  t.deepEqual(pairs[2]?.round_trip, { unavailable: 'CPU 6 is gone' })
})

test('up to 28 pairs are all measured; of more, that many, spread over all CPUs', (t) => {
  const cpus = (n: number) => Array.from({ length: n }, (_, cpu) => cpu)
  t.is(choosePairs(cpus(8)).length, 28)
  const chosen = choosePairs(cpus(16))
  t.is(new Set(chosen.map(String)).size, 28)
  t.true(chosen.every(([first, second]) => first < second))
  t.true(new Set(chosen.flat()).size >= 14)
})
