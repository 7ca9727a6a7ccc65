import {
  type Certificate,
  isUnavailable,
  loadBackend,
  type PipelineSetup,
  type QueueBackend,
  SpscError,
} from '@spsc/core'
import test from 'ava'
import { driven, START_NS } from './driven.js'
import { LAMPORT } from './fixtures.js'
import { measure, trace } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })

const UNTOLD = 'the queue runs its own threads and does not tell'
const SETTINGS = { duration: 0.1, warmup: 0.01, prodIntervalUs: 1000, pacing: 'deadline' } as const

test('a backend that drives itself runs every phase and is stopped once', async (t) => {
  const { backend, calls } = driven(() => ({}))
  await measure(backend, SETTINGS)
  t.deepEqual(calls, [
    'drive',
    'warmup 10 ms every 100000 ns, stamped',
    'paced 100 ms every 1000000 ns, stamped',
    'stop',
  ])
})

test('at interval 0 it runs both phases, each half as long', async (t) => {
  const { backend, calls } = driven(() => ({}))
  await measure(backend, { ...SETTINGS, prodIntervalUs: 0 })
  t.deepEqual(calls.slice(1), [
    'warmup 10 ms every 0 ns, stamped',
    'throughput 50 ms every 0 ns',
    'sampled 50 ms every 0 ns, stamped',
    'stop',
  ])
})

test('it gets the scenario, the seed and the trace that collectors read', async (t) => {
  const { backend, setups } = driven(() => ({}))
  const { measured, rows } = await trace(backend, SETTINGS, { seed: 9 })
  t.is(setups[0]?.seed, 9)
  t.is(setups[0]?.scenario.prodIntervalUs, 1000)
  t.deepEqual(setups[0]?.placement, {})
  t.deepEqual(
    rows.map((row) => [row.number, row.sent]),
    [
      [0, START_NS],
      [1, START_NS + 1n],
      [2, START_NS + 2n],
    ],
  )
  t.is(measured.phases[0]?.sampled, 3)
})

test('its threads and counts are those of the record', async (t) => {
  const { backend } = driven(() => ({ offered: 100, delivered: 75, dropped: 25 }))
  const measured = await measure(backend, SETTINGS)
  t.like(measured, {
    status: 'ok',
    offered: 100,
    delivered: 75,
    dropped: 25,
    drop_rate: 0.25,
    ops_s: 750,
    offered_ops_s: 1000,
    planned_ops_s: 1000,
  })
  t.like(measured.threads, {
    producer: { pid: 1, tid: 11 },
    consumer: { pid: 1, tid: { unavailable: 'not told' } },
  })
  t.like(measured.threads.producer, { timer_slack_ns: { unavailable: UNTOLD } })
})

test('throughput is that of the unstamped phase', async (t) => {
  const { backend } = driven((phase) => (phase.name === 'throughput' ? { offered: 500, delivered: 500 } : {}))
  const measured = await measure(backend, { ...SETTINGS, prodIntervalUs: 0 })
  t.deepEqual([measured.offered, measured.ops_s], [500, 5000])
})

test('a run that offered nothing has a drop rate of 0', async (t) => {
  const { backend } = driven(() => ({ offered: 0, delivered: 0 }))
  t.is((await measure(backend, { ...SETTINGS, prodIntervalUs: 0 })).drop_rate, 0)
})

test('a schedule that was kept is valid; one that was missed says by how much', async (t) => {
  for (const [offered, percent] of [
    [97, undefined],
    [96, 96],
    [50, 50],
    [0, 0],
  ] as const) {
    const { backend } = driven(() => ({ offered, delivered: offered }))
    const { invalid, warnings } = await measure(backend, SETTINGS)
    if (percent === undefined) t.deepEqual([invalid, warnings], [undefined, []])
    else t.regex(String(invalid), new RegExp(`^${percent} % of the scheduled items were offered`))
  }
})

test('a relative sleep that drifted is a warning, not invalid', async (t) => {
  const { backend } = driven(() => ({ offered: 50, delivered: 50 }))
  const measured = await measure(backend, { ...SETTINGS, pacing: 'sleep' })
  t.false('invalid' in measured)
  t.is(measured.warnings.length, 1)
  t.regex(measured.warnings[0] as string, /--pacing deadline/)
})

for (const counts of [{ delivered: 99 }, { dropped: 1 }, { delivered: 101 }, { outOfOrder: 1 }]) {
  test(`counts that don’t add up are no figures: ${JSON.stringify(counts)}`, async (t) => {
    const { backend, calls } = driven((phase) => (phase.name === 'warmup' ? {} : counts))
    const error = await t.throwsAsync(measure(backend, SETTINGS), { instanceOf: SpscError, code: 'ERR_INTEGRITY' })
    t.regex(String(error?.message), /queue driven: not first-in first-out: .* in phase paced$/)
    t.is(calls.at(-1), 'stop')
  })
}

test('it is stopped when it fails', async (t) => {
  const { backend, calls } = driven(() => {
    throw new Error('no luck')
  })
  await t.throwsAsync(measure(backend, SETTINGS), {
    code: 'ERR_PLUGIN_FAILED',
    message: '[spsc] [driver] queue driven: no luck',
  })
  t.is(calls.at(-1), 'stop')
})

test('it is stopped when the run is cancelled', async (t) => {
  const controller = new AbortController()
  const { backend, calls } = driven(() => new Promise<never>(() => {}))
  const onStage = () => controller.abort()
  await t.throwsAsync(measure(backend, SETTINGS, { signal: controller.signal, onStage }), { code: 'ERR_CANCELLED' })
  t.is(calls.at(-1), 'stop')
})

test('it is asked to pin only if it says that it can', async (t) => {
  const pinning = driven(() => ({}), { supports: { pin: true } })
  await measure(pinning.backend, { ...SETTINGS, pinConsumer: 'first' })
  t.is(typeof pinning.setups[0]?.placement.consumer, 'number')
  const other = driven(() => ({}))
  const error = await t.throwsAsync(measure(other.backend, { ...SETTINGS, pinConsumer: 'first' }), {
    code: 'ERR_CAPABILITY',
  })
  t.is(
    error?.message,
    '[spsc] [driver] queue driven runs its own threads and does not pin them; set pinProducer and pinConsumer to none',
  )
  t.deepEqual(other.calls, [])
})

test('larger items are refused before anything starts, unless the backend that runs itself declares them', async (t) => {
  const declared = driven(() => ({}), { supports: { itemBytes: true } })
  await measure(declared.backend, { ...SETTINGS, itemBytes: 64 })
  t.is(declared.setups[0]?.scenario.itemBytes, 64)
  const other = driven(() => ({}))
  await t.throwsAsync(measure(other.backend, { ...SETTINGS, itemBytes: 64 }), {
    code: 'ERR_CAPABILITY',
    message:
      '[spsc] [driver] itemBytes is 64, but queue driven carries items of one 64-bit word; allowed: 8; set itemBytes to 8 or measure a queue of larger items: --queue native',
  })
  t.deepEqual(other.calls, [])
})

test('core’s own threads move words, whatever a backend declares', async (t) => {
  const backend = { ...lamport, supports: { itemBytes: true } }
  await t.throwsAsync(measure(backend, { itemBytes: 16 }), { code: 'ERR_CAPABILITY', message: /queue lamport carries/ })
  t.true((await measure(backend, { itemBytes: 8 })).delivered > 0)
})

test('it is told of a cancellation while it starts', async (t) => {
  const controller = new AbortController()
  const { backend, setups } = driven(() => ({}))
  await measure(backend, SETTINGS, { signal: controller.signal })
  t.is(setups[0]?.signal, controller.signal)
})

test('it is stopped when it starts in spite of a cancellation', async (t) => {
  const controller = new AbortController()
  const { backend, calls } = driven(() => ({}))
  const drive = async (setup: PipelineSetup) => {
    controller.abort()
    await new Promise((resolve) => setTimeout(resolve, 10))
    return (backend.drive as NonNullable<QueueBackend['drive']>)(setup)
  }
  const measuring = measure({ ...backend, drive }, SETTINGS, { signal: controller.signal })
  await t.throwsAsync(measuring, { code: 'ERR_CANCELLED' })
  await new Promise((resolve) => setTimeout(resolve, 100))
  t.deepEqual(calls, ['drive', 'stop'])
})

test('more items than the trace has rows are measured with a warning', async (t) => {
  // 100 items are planned for, with a reserve of a tenth and 64.
  for (const [offered, percent] of [
    [174, undefined],
    [200, 87],
  ] as const) {
    const { backend } = driven(() => ({ offered, delivered: offered, scheduled: offered }))
    const { warnings } = await measure(backend, SETTINGS)
    if (percent === undefined) t.deepEqual(warnings, [])
    else t.regex(warnings.join(), new RegExp(`^the trace was full after ${percent} % of the items`))
  }
})

test('it is certified by what it brings for that, once, after the last phase', async (t) => {
  const certificate = { floor_ns: 7 } as unknown as Certificate
  const { backend, calls } = driven(
    () => ({}),
    {},
    async (budgetNs) => {
      calls.push(`certify in ${Math.round(budgetNs / 1e6)} ms`)
      return certificate
    },
  )
  t.deepEqual((await measure(backend, SETTINGS)).certificate, certificate)
  t.deepEqual(calls.slice(-2), ['certify in 20 ms', 'stop'])
  for (const [duration, ms] of [
    [0.8, 40],
    [60, 100],
  ] as const) {
    await measure(backend, { ...SETTINGS, duration, pacing: 'sleep' })
    t.is(calls.at(-2), `certify in ${ms} ms`)
  }
})

test('a certificate that it does not bring, or fails to, costs the run nothing', async (t) => {
  const { certificate, status } = await measure(driven(() => ({})).backend, SETTINGS)
  t.is(status, 'ok')
  t.deepEqual(certificate, { unavailable: 'this queue runs threads of its own and measures no certificate' })
  const failing = driven(
    () => ({}),
    {},
    () => Promise.reject(new Error('no luck')),
  )
  t.deepEqual((await measure(failing.backend, SETTINGS)).certificate, { unavailable: 'no luck' })
  for (const nothing of [undefined, null, 1n]) {
    const odd = driven(
      () => ({}),
      {},
      async () => nothing as unknown as Certificate,
    )
    t.true(isUnavailable((await measure(odd.backend, SETTINGS)).certificate), String(nothing))
  }
})

test('a clock that ran backwards between the threads is a warning', async (t) => {
  const skew_ns = { n: 1000, lo: 5, hi: -5, backwards: 3 }
  const { backend } = driven(
    () => ({}),
    {},
    async () => ({ skew_ns }) as unknown as Certificate,
  )
  t.regex((await measure(backend, SETTINGS)).warnings.join(), /backwards 3 times in 1000 messages/)
})
