import {
  type Collector,
  isUnavailable,
  loadBackend,
  type PhaseRecord,
  type QueueBackend,
  type RunContext,
  traceLength,
  unavailable,
} from '@spsc/core'
import type { Stage } from '@spsc/core/driver'
import test from 'ava'
import { LAMPORT } from './fixtures.js'
import { measure } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })
const SHORT = { duration: 0.02, prodIntervalUs: 500 }

function collector(name: string, members: Partial<Collector>): Collector {
  return { name, start: () => {}, stop: () => name, ...members }
}

function fail(): never {
  throw new Error('no luck')
}

/** Collectors that tell each of their calls, after a moment in which the gate must stay shut. */
function recording(events: string[], ...names: string[]): Collector[] {
  const tell = async (event: string) => {
    await new Promise((resolve) => setTimeout(resolve, 5))
    events.push(event)
  }
  return names.map((name) => ({
    name,
    start: () => tell(`${name} starts`),
    phaseStart: (phase) => tell(`${name} ${phase.name}`),
    phaseEnd: (phase) => tell(`${name} ${phase.name} over`),
    stop: () => tell(`${name} stops`),
  }))
}

test.serial(
  'collectors are called after the warm-up, around each phase so that they nest, and at the end',
  async (t) => {
    const events: string[] = []
    const collectors = recording(events, 'one', 'two')
    const onStage = (stage: Stage) => void events.push(stage)
    await measure(lamport, { ...SHORT, prodIntervalUs: 0, warmup: 0.01 }, { collectors, onStage })
    t.deepEqual(events, [
      ...['warmup', 'collectors', 'one starts', 'two starts'],
      ...['throughput', 'one throughput', 'two throughput', 'two throughput over', 'one throughput over'],
      ...['sampled', 'one sampled', 'two sampled', 'two sampled over', 'one sampled over'],
      ...['collectors', 'one stops', 'two stops'],
    ])
  },
)

test.serial('a collector sees each phase as it is recorded, with its rows', async (t) => {
  let trace: RunContext['trace'] | undefined
  const seen: [PhaseRecord, number][] = []
  const observer = collector('observer', {
    start(run) {
      trace = run.trace
    },
    phaseEnd: (phase) => void seen.push([phase, traceLength(trace as RunContext['trace'])]),
  })
  const measured = await measure(lamport, { ...SHORT, prodIntervalUs: 0 }, { collectors: [observer] })
  t.deepEqual(
    seen.map(([phase]) => phase),
    measured.phases,
  )
  t.deepEqual(
    seen.map(([, rows]) => rows),
    [0, measured.phases[1]?.sampled as number],
  )
})

test.serial('a collector gets to know the run, with a trace that the warm-up has left no mark in', async (t) => {
  let run: RunContext | undefined
  let reached: number | undefined
  const start = (context: RunContext) => {
    run = context
    reached = traceLength(context.trace)
  }
  const measured = await measure(lamport, { ...SHORT, warmup: 0.01 }, { collectors: [collector('curious', { start })] })
  t.is(reached, 0)
  t.is(run?.scenario.duration, 0.02)
  t.deepEqual([run?.producer, run?.consumer], [measured.threads.producer, measured.threads.consumer])
  t.is(traceLength(run?.trace as RunContext['trace']), measured.offered)
  t.is(run?.clock.name, 'hrtime')
})

test.serial('what collectors return is stored by their names, unavailable too', async (t) => {
  const collectors = [
    collector('plain', { stop: () => ({ n: 1 }) }),
    collector('absent', { stop: async () => unavailable('no PMU') }),
  ]
  const measured = await measure(lamport, SHORT, { collectors })
  t.deepEqual(measured.collectors, { plain: { n: 1 }, absent: { unavailable: 'no PMU' } })
  t.false(measured.warnings.some((warning) => warning.includes('absent')))
})

for (const [how, members] of [
  ['throws in start', { start: fail }],
  ['rejects in start', { start: async () => fail() }],
  ['throws before a phase', { phaseStart: fail }],
  ['rejects after a phase', { phaseEnd: async () => fail() }],
  ['throws in stop', { stop: fail }],
  ['rejects in stop', { stop: async () => fail() }],
] as const) {
  test.serial(`a collector that ${how} is unavailable with a warning, and harms nobody else`, async (t) => {
    const collectors = [collector('before', {}), collector('unlucky', members), collector('after', {})]
    const measured = await measure(lamport, SHORT, { collectors })
    t.is(measured.status, 'ok')
    t.deepEqual(measured.collectors, { before: 'before', unlucky: { unavailable: 'no luck' }, after: 'after' })
    t.deepEqual(
      measured.warnings.filter((warning) => warning.startsWith('collector')),
      ['collector unlucky: no luck'],
    )
  })
}

test.serial(
  'the first fault of a collector is the one that is said, and it is called no more until it is stopped',
  async (t) => {
    const events: string[] = []
    const [recorded] = recording(events, 'one')
    const stop = () => {
      events.push('one stops')
      fail()
    }
    const unlucky = { ...(recorded as Collector), start: fail, stop }
    const measured = await measure(lamport, SHORT, { collectors: [unlucky] })
    t.deepEqual(events, ['one stops'])
    t.deepEqual(measured.collectors, { one: { unavailable: 'no luck' } })
  },
)

test.serial('what JSON can’t hold makes its collector unavailable, not the record', async (t) => {
  const collectors = [collector('big', { stop: () => 8n }), collector('after', {})]
  const { collectors: data } = await measure(lamport, SHORT, { collectors })
  t.true(isUnavailable(data.big))
  t.is(data.after, 'after')
})

for (const [how, counts] of [
  ['failed', async () => fail()],
  ['was cancelled', () => new Promise<never>(() => {})],
] as const) {
  test(`collectors that were started are stopped once when the run ${how}`, async (t) => {
    const events: string[] = []
    const thread = { pid: 1, tid: 1 }
    const pipeline = {
      producer: thread,
      consumer: thread,
      run: counts,
      stop: async () => void events.push('threads end'),
    }
    const backend: QueueBackend = { ...lamport, drive: async () => pipeline }
    const controller = new AbortController()
    const onStage = (stage: Stage) =>
      void (how === 'was cancelled' && stage === 'paced' && setTimeout(() => controller.abort(), 20))
    const collectors = recording(events, 'one')
    await t.throwsAsync(measure(backend, SHORT, { collectors, onStage, signal: controller.signal }))
    t.deepEqual(events, ['one starts', 'one paced', 'threads end', 'one stops'])
  })
}
