import { loadBackend, type PhaseCounts, type RateCause, type ScenarioInput } from '@spsc/core'
import test from 'ava'
import { driven } from './driven.js'
import { LAMPORT } from './fixtures.js'
import { measure } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })
const onLinux = process.platform === 'linux' ? test.serial : test.skip

/** 100 items are scheduled. */
const SETTINGS = { duration: 0.1, warmup: 0, prodIntervalUs: 1000, pacing: 'deadline' } as const
const NO_DELAY = { blockedNs: 0, lateNs: 0, producerRunDelayNs: 0, consumerRunDelayNs: 0 }

/** The verdict over half of the scheduled items, with an account of where the other half of the time went. */
function judge(account: Partial<PhaseCounts>, settings: ScenarioInput = {}) {
  const { backend } = driven(() => ({ offered: 50, delivered: 50, ...NO_DELAY, ...account }))
  return measure(backend, { ...SETTINGS, ...settings })
}

const CAUSES: readonly (readonly [cause: RateCause, why: string, account: Partial<PhaseCounts>, says: RegExp])[] = [
  [
    'back-pressure',
    'pushes waited for room',
    { blockedNs: 40e6 },
    /back-pressure: .* 40 % of the phase; .*--queue-cap/,
  ],
  ['cpu', 'the producer had none', { producerRunDelayNs: 45e6, lateNs: 47e6 }, /CPU: .* 45 % of the phase; free a CPU/],
  [
    'cpu',
    'the queue was full because the consumer had none',
    { blockedNs: 40e6, consumerRunDelayNs: 30e6 },
    /CPU: pushes waited for a consumer that had none, 40 %/,
  ],
  [
    'pacer',
    'the producer woke late',
    { lateNs: 40e6, producerRunDelayNs: 5e6 },
    /pacer: .*, 35 % of the phase; --pacing spin/,
  ],
  ['producer', 'nothing held it up', {}, /producer: it takes longer than 1000 µs to offer an item; lower --rate/],
]
for (const [cause, why, account, says] of CAUSES) {
  test(`a missed rate is laid to ${cause} when ${why}`, async (t) => {
    const { invalid, rate_cause, warnings } = await judge(account)
    t.is(rate_cause, cause)
    t.regex(String(invalid), /^50 % of the scheduled items were offered: /)
    t.regex(String(invalid), says)
    t.deepEqual(warnings, [invalid])
  })
}

test('a relative sleep that drifted is a warning with its cause, alike in all replicates', async (t) => {
  const judged = (offered: number) =>
    judge({ offered, delivered: offered, lateNs: 40e6 }, { pacing: 'sleep', timerSlack: 'default' })
  const { invalid, rate_cause, warnings } = await judged(50)
  t.deepEqual([invalid, rate_cause], [undefined, 'pacer'])
  t.regex(warnings.join(), /^fewer items were offered than planned: pacer: .*--timer-slack 1.*--pacing deadline/)
  t.deepEqual((await judged(60)).warnings, warnings)
})

test('where the kernel tells no run delay, late wake-ups are not laid to the pacer alone', async (t) => {
  const { invalid, rate_cause } = await judge({ lateNs: 40e6, producerRunDelayNs: { unavailable: 'no schedstat' } })
  t.is(rate_cause, 'pacer')
  t.regex(String(invalid), /or had no CPU: the kernel does not tell/)
})

test('a pipeline that keeps no account gets no cause', async (t) => {
  const { backend } = driven(() => ({ offered: 50, delivered: 50 }))
  const { invalid, rate_cause, phases } = await measure(backend, SETTINGS)
  t.truthy(invalid)
  t.is(rate_cause, undefined)
  const untold = { unavailable: 'the queue runs its own threads and does not tell' }
  t.like(phases[0], { blocked_ns: untold, late_ns: untold, producer_run_delay_ns: untold })
})

test('a rate that was kept has no cause, whatever the account', async (t) => {
  const { invalid, rate_cause, warnings } = await judge({ offered: 100, delivered: 100, lateNs: 90e6 })
  t.deepEqual([invalid, rate_cause, warnings], [undefined, undefined, []])
})

test('the account of a paced phase stands in its record, as does the rate against the plan', async (t) => {
  const account = { blockedNs: 1, lateNs: 2, producerRunDelayNs: 3, consumerRunDelayNs: 4 }
  const { phases, rate_ratio, planned_ops_s, offered_ops_s } = await judge(account)
  t.like(phases[0], { blocked_ns: 1, late_ns: 2, producer_run_delay_ns: 3, consumer_run_delay_ns: 4 })
  t.is(rate_ratio, 0.5)
  t.is(rate_ratio, offered_ops_s / Number(planned_ops_s))
})

test('at interval 0 nothing is planned: no rate ratio, no lateness', async (t) => {
  const measured = await judge({}, { prodIntervalUs: 0 })
  t.false('rate_ratio' in measured)
  t.false('late_ns' in (measured.phases[0] as object))
})

test.serial('a full queue is found in the account of a producer that blocks', async (t) => {
  const settings = { prodIntervalUs: 100, queueCap: 2, workBytes: 1_000_000, pacing: 'deadline' } as const
  const { phases, rate_cause, invalid } = await measure(lamport, { ...settings, onFull: 'block' })
  t.true(Number(phases[0]?.blocked_ns) > 0)
  // On a busy machine the consumer may have had no CPU: the words are of pushes that waited all the same.
  t.true(rate_cause === 'back-pressure' || rate_cause === 'cpu', rate_cause)
  t.regex(String(invalid), /pushes waited/)
  const dropping = await measure(lamport, { ...settings, onFull: 'drop' })
  t.is(dropping.phases[0]?.blocked_ns, 0)
})

onLinux('late wake-ups of a relative sleep are found in its account', async (t) => {
  // The kernel may end each sleep of 1 ms up to 50 ms late, and does so unless other timers wake it before.
  const settings = { prodIntervalUs: 1000, pacing: 'sleep', timerSlack: 50_000_000 } as const
  const { threads, phases, rate_cause, invalid } = await measure(lamport, settings)
  t.is(threads.producer.timer_slack_ns, 50_000_000)
  t.true(Number(phases[0]?.late_ns) > 0)
  t.is(invalid, undefined)
  // A busy machine may have kept it from a CPU for longer. Nothing else was in its way.
  t.true(rate_cause === undefined || rate_cause === 'pacer' || rate_cause === 'cpu', rate_cause)
})

onLinux('two ends that spin on one CPU wait for it, and the account says so', async (t) => {
  const settings = { pinProducer: 'first', pinConsumer: 'first', wait: 'spin', pacing: 'spin' } as const
  const { phases } = await measure(lamport, settings)
  t.true(Number(phases[0]?.producer_run_delay_ns) > 0)
  t.true(Number(phases[0]?.consumer_run_delay_ns) > 0)
})

onLinux('each thread sets its timer slack and reads it back; default leaves what it is born with', async (t) => {
  const slackOf = async (settings: ScenarioInput) => {
    const { producer, consumer } = (await measure(lamport, { duration: 0.02, ...settings })).threads
    return [producer.timer_slack_ns, consumer.timer_slack_ns]
  }
  t.deepEqual(await slackOf({}), [1, 1])
  t.deepEqual(await slackOf({ timerSlack: 12_345 }), [12_345, 12_345])
  const [producer, consumer] = await slackOf({ timerSlack: 'default' })
  t.is(producer, consumer)
  t.true(Number(producer) > 1)
})

test('a timer slack that could not be set is a warning', async (t) => {
  const { backend } = driven(() => ({}))
  const drive: typeof backend.drive = async (setup) => {
    const pipeline = await (backend.drive as NonNullable<typeof backend.drive>)(setup)
    return { ...pipeline, producer: { ...pipeline.producer, timer_slack_ns: 50_000 } }
  }
  const warningsOf = async (timerSlack: 1 | 'default') =>
    (await measure({ ...backend, drive }, { ...SETTINGS, timerSlack })).warnings
  t.deepEqual(await warningsOf(1), [
    'timer slack of the producer is 50000 ns and could not be set to 1: its sleeps end later',
  ])
  t.deepEqual(await warningsOf('default'), [])
})
