import { type ScenarioInput, traceLength } from '@spsc/core'
import native, { mutex } from '@spsc/queue-native'
import sab from '@spsc/queue-sab'
import { testNativeSerially as test } from './available.js'
import { measure, reading } from './measure.js'

/** How many items in a row are due at the same moment. */
const bursts = () =>
  reading((trace) => {
    const sizes: number[] = []
    for (let row = 0; row < traceLength(trace); row++) {
      if (row > 0 && trace.due[row] === trace.due[row - 1]) sizes.push((sizes.pop() as number) + 1)
      else sizes.push(1)
    }
    return sizes
  })

for (const backend of [native, mutex]) {
  for (const pacing of ['sleep', 'deadline', 'spin'] as const) {
    test(`${backend.name} offers a burst at one moment, pacing by ${pacing}`, async (t) => {
      const settings = { pacing, burst: 5, prodIntervalUs: 500, onFull: 'block' } as const
      const { collectors, offered, delivered, phases } = await measure(backend, settings, [bursts()])
      const sizes = collectors.reading as number[]
      t.true(sizes.length > 1)
      // The last may be cut by the end of the phase.
      for (const size of sizes.slice(0, -1)) t.is(size, 5)
      t.is(offered, delivered)
      if (pacing !== 'sleep') t.is(phases[0]?.scheduled, 200)
    })
  }

  test(`${backend.name} keeps account of waits for room`, async (t) => {
    const settings = { prodIntervalUs: 100, queueCap: 2, workBytes: 1_000_000, pacing: 'deadline' } as const
    const { phases, invalid } = await measure(backend, { ...settings, onFull: 'block' })
    t.true(Number(phases[0]?.blocked_ns) > 0)
    t.regex(String(invalid), /pushes waited/)
    const dropping = await measure(backend, { ...settings, onFull: 'drop' })
    t.is(dropping.phases[0]?.blocked_ns, 0)
  })

  test(`${backend.name} keeps account of late wake-ups`, async (t) => {
    // The kernel may end each sleep of 1 ms up to 50 ms late, and does so unless other timers wake it before.
    const settings = { prodIntervalUs: 1000, pacing: 'sleep', timerSlack: 50_000_000, duration: 0.2 } as const
    const { phases, rate_cause } = await measure(backend, settings)
    t.true(Number(phases[0]?.late_ns) > 0)
    // A busy machine may have kept it from a CPU for longer. Nothing else was in its way.
    t.true(rate_cause === undefined || rate_cause === 'pacer' || rate_cause === 'cpu', rate_cause)
  })

  test(`${backend.name} keeps account of waits for a CPU`, async (t) => {
    const settings = { pinProducer: 'first', pinConsumer: 'first', wait: 'spin', pacing: 'spin' } as const
    const { phases } = await measure(backend, settings)
    t.true(Number(phases[0]?.producer_run_delay_ns) > 0)
    t.true(Number(phases[0]?.consumer_run_delay_ns) > 0)
  })

  test(`${backend.name} sets the timer slack of its threads and reads it back`, async (t) => {
    const slackOf = async (settings: ScenarioInput) => {
      const { producer, consumer } = (await measure(backend, { duration: 0.02, ...settings })).threads
      return [producer.timer_slack_ns, consumer.timer_slack_ns]
    }
    t.deepEqual(await slackOf({}), [1, 1])
    t.deepEqual(await slackOf({ timerSlack: 12_345 }), [12_345, 12_345])
    const [producer, consumer] = await slackOf({ timerSlack: 'default' })
    t.is(producer, consumer)
    t.true(Number(producer) > 1)
  })
}

test('the same seed draws the same bursts in both languages', async (t) => {
  const settings = { arrival: 'poisson', pacing: 'deadline', prodIntervalUs: 50, burst: 3, queueCap: 4096 } as const
  const scheduled = async (backend: typeof native) => (await measure(backend, settings, [], 7)).phases[0]?.scheduled
  t.is(await scheduled(native), await scheduled(sab))
})
