import { isUnavailable, parseScenario, type QueueBackend } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import native, { mutex } from '@spsc/queue-native'
import sab from '@spsc/queue-sab'
import { testNative as test } from './available.js'
import { measure } from './measure.js'

async function certificateOf(backend: QueueBackend, settings = {}) {
  const { certificate } = await measure(backend, { warmup: 0, ...settings })
  if (certificate === undefined || isUnavailable(certificate)) throw new Error(JSON.stringify(certificate))
  return certificate
}

/** Every key on the way to a figure; lists by their first element. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return [shapeOf(value[0])]
  if (typeof value !== 'object' || value === null) return typeof value
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, shapeOf(part)]))
}

const SCENARIOS = [
  {},
  { prodIntervalUs: 0, wait: 'spin', onFull: 'block' },
  { pinProducer: 'first', pinConsumer: 'first' },
  { itemBytes: 64, pacing: 'deadline', workBytes: 64 },
] as const

for (const backend of [native, mutex]) {
  for (const settings of SCENARIOS) {
    test(`${backend.name} certifies a replicate by its own threads (${JSON.stringify(settings)})`, async (t) => {
      const { stamp_ns, skew_ns, handoff_ns, recorder_ns, pacer, noise, floor_ns } = await certificateOf(
        backend,
        settings,
      )
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
      t.is(isUnavailable(pacer), 'prodIntervalUs' in settings)
      if (!isUnavailable(pacer)) t.true(pacer.waits.every(({ overshoot_ns: { n } }) => n >= 3))
    })
  }

  test(`${backend.name} ends at once when the run is cancelled while it is certified`, async (t) => {
    const controller = new AbortController()
    const scenario = parseScenario('test', { duration: 0.4, warmup: 0 })
    const onStage = (stage: string) => void (stage === 'certificate' && setTimeout(() => controller.abort(), 5))
    const run = runReplicate({ backend, scenario, collectors: [], seed: 1 }, { signal: controller.signal, onStage })
    await t.throwsAsync(run, { code: 'ERR_CANCELLED' })
  })
}

test('certificates of both languages are of one kind', async (t) => {
  const shapes = []
  for (const backend of [sab, native, mutex]) shapes.push(shapeOf(await certificateOf(backend)))
  t.deepEqual(shapes[1], shapes[0])
  t.deepEqual(shapes[2], shapes[0])
})
