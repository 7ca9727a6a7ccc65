import { ABSENT, ABSENT_TIME, loadBackend, type PhaseRecord } from '@spsc/core'
import test from 'ava'
import { LAMPORT } from './fixtures.js'
import { measure, trace } from './measure.js'
import type { Row } from './rows.js'

const lamport = await loadBackend({ module: LAMPORT })

const delivered = (rows: readonly Row[]) => rows.filter((row) => row.popped !== ABSENT_TIME)
const ascends = (values: readonly (number | bigint)[]) =>
  values.every((value, i) => i === 0 || value > (values[i - 1] as number | bigint))
/** From the first offer. */
const secondsOf = (phase: PhaseRecord, until: 'offers_end_ns' | 'end_ns') => (phase[until] - phase.start_ns) / 1e9
const duesOf = (rows: readonly Row[]) => rows.map((row) => Number(row.due))
const gapsOf = (values: readonly number[]) => values.slice(1).map((value, i) => value - (values[i] as number))

test.serial('a paced replicate has a warm-up and one measured phase, and its counts add up', async (t) => {
  const stages: string[] = []
  const measured = await measure(
    lamport,
    { prodIntervalUs: 200, warmup: 0.05 },
    { onStage: (stage) => stages.push(stage) },
  )
  t.deepEqual(stages, ['warmup', 'collectors', 'paced', 'collectors', 'certificate'])
  t.is(measured.status, 'ok')
  t.true(measured.offered > 0)
  t.is(measured.offered, measured.delivered + measured.dropped)
  t.is(measured.drop_rate, measured.dropped / measured.offered)
  t.is(measured.planned_ops_s, 5000)
  const { offered, dropped } = measured
  const [phase, ...others] = measured.phases as [PhaseRecord]
  t.deepEqual(others, [])
  t.like(phase, {
    name: 'paced',
    stamped: true,
    offered,
    delivered: measured.delivered,
    dropped,
    sampled: offered,
    mean_gap: 1,
  })
  t.is(measured.ops_s, measured.delivered / secondsOf(phase, 'end_ns'))
  t.is(measured.offered_ops_s, offered / secondsOf(phase, 'offers_end_ns'))
})

test.serial('a paced replicate has one row per item, in order of its stamps', async (t) => {
  const { measured, rows } = await trace(lamport, { prodIntervalUs: 200, warmup: 0.05, pacing: 'spin' })
  t.is(rows.length, measured.offered)
  t.deepEqual(
    rows.map((row) => row.number),
    rows.map((_, index) => index),
  )
  t.is(delivered(rows).length, measured.delivered)
  for (const { due, sent, pushed, popped, done, consumerWaited } of delivered(rows)) {
    t.true(due <= sent && sent <= pushed && sent <= popped && popped <= done, `${[due, sent, pushed, popped, done]}`)
    t.true(consumerWaited === 0 || consumerWaited === 1)
  }
  t.true(ascends(rows.map((row) => row.sent)))
  t.true(ascends(delivered(rows).map((row) => row.popped)))
})

test.serial('an item that was dropped has been sent, and neither pushed nor popped', async (t) => {
  const { measured, rows } = await trace(lamport, { prodIntervalUs: 100, queueCap: 1, workBytes: 1_000_000 })
  const dropped = rows.filter((row) => row.pushed === ABSENT_TIME)
  t.true(dropped.length > 0)
  t.is(dropped.length, measured.dropped)
  t.is(delivered(rows).length, measured.delivered)
  for (const { due, sent, popped, done, consumerCpu, consumerWaited } of dropped) {
    t.true(due > 0n && sent > 0n)
    t.deepEqual([popped, done, consumerCpu, consumerWaited], [ABSENT_TIME, ABSENT_TIME, ABSENT, ABSENT])
  }
})

test.serial('done is after the work, which takes time', async (t) => {
  const { rows } = await trace(lamport, { prodIntervalUs: 1000, workBytes: 1_000_000, duration: 0.05 })
  // A lower bound no machine can break: a million bytes in turn at 20 bytes a nanosecond.
  for (const { popped, done } of delivered(rows)) t.true(done - popped > 50_000n)
})

test.serial('at interval 0 an unstamped phase gives the throughput and a sampled one the rows', async (t) => {
  const stages: string[] = []
  const { measured, rows } = await trace(
    lamport,
    { prodIntervalUs: 0, warmup: 0.05, onFull: 'block' },
    { onStage: (stage) => stages.push(stage) },
  )
  t.deepEqual(stages, ['warmup', 'collectors', 'throughput', 'sampled', 'collectors', 'certificate'])
  const [throughput, sampled] = measured.phases as [PhaseRecord, PhaseRecord]
  t.deepEqual(
    measured.phases.map(({ name, stamped }) => [name, stamped]),
    [
      ['throughput', false],
      ['sampled', true],
    ],
  )
  t.false('sampled' in throughput || 'mean_gap' in throughput)
  t.is(measured.offered, throughput.offered)
  t.is(measured.ops_s, throughput.delivered / secondsOf(throughput, 'end_ns'))
  t.false('planned_ops_s' in measured)
  for (const phase of measured.phases) t.true(secondsOf(phase, 'offers_end_ns') >= 0.1, 'half of the duration')
  t.true((sampled.mean_gap as number) >= 64)
  t.is(rows.length, sampled.sampled as number)
  t.true(rows.length > 0)
  t.true(ascends(rows.map((row) => row.number)))
  t.true((rows.at(-1) as Row).number < sampled.offered)
  for (const { due, sent, pushed, popped, done } of rows)
    t.true(due <= sent && sent <= pushed && sent <= popped && popped <= done)
})

test.serial('a replicate without warm-up starts with its measured phase', async (t) => {
  const stages: string[] = []
  await measure(lamport, { duration: 0.05 }, { onStage: (stage) => stages.push(stage) })
  t.deepEqual(stages, ['collectors', 'paced', 'collectors', 'certificate'])
})

test.serial('a consumer that can’t keep up makes the producer drop', async (t) => {
  const { dropped, drop_rate } = await measure(lamport, {
    prodIntervalUs: 100,
    queueCap: 2,
    workBytes: 1_000_000,
    onFull: 'drop',
  })
  t.true(dropped > 0)
  t.true(drop_rate > 0 && drop_rate < 1)
})

test.serial('a producer that blocks drops nothing, and says that it missed its rate', async (t) => {
  const settings = {
    prodIntervalUs: 100,
    queueCap: 2,
    workBytes: 1_000_000,
    onFull: 'block',
    pacing: 'deadline',
  } as const
  const measured = await measure(lamport, settings)
  t.is(measured.dropped, 0)
  t.is(measured.offered, measured.delivered)
  // What back-pressure has pushed past the end of the phase is not offered any more.
  t.true(measured.offered < 1900)
  // The consumer's work alone takes several times the interval, on any machine.
  t.regex(String(measured.invalid), /^\d+ % of the scheduled items were offered: /)
  t.true(measured.warnings.includes(measured.invalid as string))
  t.is(measured.phases[0]?.scheduled, 2000)
})

for (const wait of ['spin', 'yield', 'block'] as const) {
  for (const prodIntervalUs of [0, 500]) {
    test.serial(`both ends wait by ${wait} at interval ${prodIntervalUs}, and every item arrives`, async (t) => {
      const measured = await measure(lamport, { wait, prodIntervalUs, queueCap: 2, onFull: 'block', duration: 0.1 })
      t.true(measured.offered > 0)
      t.deepEqual([measured.delivered, measured.dropped], [measured.offered, 0])
    })
  }
}

test.serial('a consumer that had to wait says so', async (t) => {
  const { rows } = await trace(lamport, { prodIntervalUs: 5000 })
  // At this pace it waits for nearly all items; a stalled machine may hide some.
  t.true(delivered(rows).some((row) => row.consumerWaited === 1))
})

test.serial('pacing by deadline and by spin keeps to multiples of the interval', async (t) => {
  for (const pacing of ['deadline', 'spin'] as const) {
    const { rows } = await trace(lamport, { pacing, prodIntervalUs: 500 })
    t.true(rows.length > 1)
    for (const gap of gapsOf(duesOf(rows))) t.true(Math.abs(gap - 500_000) <= 8, `${pacing}: ${gap}`)
    for (const { due, sent } of rows) t.true(due <= sent)
  }
})

test.serial('pacing by sleep starts each interval when the last item is gone', async (t) => {
  const { rows } = await trace(lamport, { pacing: 'sleep', prodIntervalUs: 500 })
  t.true(rows.length > 1)
  rows.slice(1).forEach((row, index) => {
    const last = rows[index] as Row
    t.true(row.due >= last.sent + 500_000n - 8n)
    t.true(row.due <= row.sent)
  })
})

test.serial('Poisson arrivals have the mean that was asked for, differ, and repeat with the seed', async (t) => {
  const settings = { arrival: 'poisson', pacing: 'spin', prodIntervalUs: 200, onFull: 'block', queueCap: 1024 } as const
  const gaps = async (seed: number) => gapsOf(duesOf((await trace(lamport, settings, { seed })).rows))
  const [one, same, other] = [await gaps(7), await gaps(7), await gaps(8)]
  const common = Math.min(one.length, same.length)
  t.true(common > 100)
  for (let i = 0; i < common; i++) t.true(Math.abs((one[i] as number) - (same[i] as number)) <= 8)
  t.true(one.slice(0, 20).some((gap, i) => Math.abs(gap - (other[i] as number)) > 8))
  // The due times follow from the seed, not from the machine: a mean of 100 and more draws from seed 7 is no chance.
  const mean = one.slice(0, 500).reduce((sum, gap) => sum + gap, 0) / Math.min(500, one.length)
  t.true(mean > 150_000 && mean < 250_000, `mean ${mean}`)
  // One gap in seven is longer than twice the mean; of evenly distributed ones none would be.
  t.true(one.some((gap) => gap > 400_100))
})

test.serial('both threads are known by process and kernel id', async (t) => {
  const { threads } = await measure(lamport, { duration: 0.02 })
  t.is(threads.producer.pid, process.pid)
  t.is(threads.consumer.pid, process.pid)
  if (process.platform !== 'linux') return
  t.true(Number.isInteger(threads.producer.tid) && Number.isInteger(threads.consumer.tid))
  t.not(threads.producer.tid, threads.consumer.tid)
})

test.serial('waiting by polling in place of a queue that can’t block is a warning', async (t) => {
  const polls = async (wait: 'spin' | 'block', backend = lamport) =>
    (await measure(backend, { wait, duration: 0.02 })).warnings.some((warning) => warning.includes('core polls it'))
  t.true(await polls('block'))
  t.false(await polls('spin'))
  t.false(await polls('block', { ...lamport, supports: { block: true } }))
})
