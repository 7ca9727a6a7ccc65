import { type MeasuredRecord, parseScenario, type ResultRecord, type Scenario } from '@spsc/core'
import { CAUSE_NAMES, diagnose, type Experiment, experimentOf, judgeConfirmation, planConfirmation } from '@spsc/lab'
import test from 'ava'
import { record } from './made-up.js'
import { SAB } from './runs.js'

const MS = 1e6
const STALLED = record({ windows: [{ s_cpu: 10 * MS }, { s_cpu: 10 * MS }, { s_cpu: 10 * MS }] })
const diagnosis = diagnose([STALLED], [record()])

const EXPERIMENT: Experiment = {
  ...{ hypothesis: 'consumer-stall', change: { inject: 'none' }, text: 'no stall' },
  ...{ now_ns: 10 * MS, predicted_ns: 0.1 * MS },
}

/** One block: what the worst items of each of its three cells take, in milliseconds. */
type Block = readonly [asIs: number, again: number, changed: number]

function cell(scenario: string, replicate: number, ms: number): ResultRecord {
  const stall = { s_cpu: ms * MS }
  return { ...record({ windows: [stall, stall, stall] }), scenario, replicate } as MeasuredRecord
}

const recordsOf = (blocks: readonly Block[]) =>
  blocks.flatMap(([asIs, again, changed], index) => [
    cell('as-is', index + 1, asIs),
    cell('as-is-again', index + 1, again),
    cell('changed', index + 1, changed),
  ])

test('an excess that goes with its cause is confirmed', (t) => {
  const blocks: Block[] = [10, 9, 11, 8, 12, 10].map((ms) => [ms, ms * 1.2, 0.1])
  const { outcome, ratio, p, twin_ratio } = judgeConfirmation(recordsOf(blocks), EXPERIMENT)
  t.is(outcome, 'confirmed')
  t.is(p, 1 / 3 ** 6)
  t.true(ratio < 0.05 && Math.abs(twin_ratio - 1.2) < 0.01)
})

test('an excess that stays is refuted, and so is one of which only a little goes', (t) => {
  for (const left of [1, 0.8, 1.3]) {
    const blocks: Block[] = [10, 9, 11, 8, 12, 10].map((ms, index) => [ms, ms, ms * left * (1 + index / 100)])
    t.is(judgeConfirmation(recordsOf(blocks), EXPERIMENT).outcome, 'refuted')
  }
})

test('blocks that disagree are inconclusive', (t) => {
  const blocks: Block[] = [0.1, 10, 0.1, 9, 0.2, 10].map((changed) => [10, 10, changed])
  t.is(judgeConfirmation(recordsOf(blocks), EXPERIMENT).outcome, 'inconclusive')
})

test('a change within what the same shows against itself is not confirmed', (t) => {
  const small = { ...EXPERIMENT, predicted_ns: 8 * MS }
  const blocks: Block[] = [10, 9, 11, 8, 12, 10].map((ms) => [ms, ms * 2, ms])
  t.not(judgeConfirmation(recordsOf(blocks), small).outcome, 'confirmed')
})

test('blocks that lack a cell are left out, and too few are an error', (t) => {
  const blocks: Block[] = [10, 9, 11, 8, 12, 10, 10].map((ms) => [ms, ms, 0.1])
  const records = recordsOf(blocks)
  t.is(judgeConfirmation(records.slice(1), EXPERIMENT).blocks, 6)
  t.throws(() => judgeConfirmation(records.slice(4), EXPERIMENT), { code: 'ERR_OUTPUT', message: /5 blocks are whole/ })
})

test('an experiment takes away what would be behind its hypothesis, and nothing else', (t) => {
  const change = (hypothesis: Experiment['hypothesis'], settings: Parameters<typeof parseScenario>[1]) => {
    const found = experimentOf(hypothesis, diagnosis, parseScenario('t', settings))
    return 'unavailable' in found ? found.unavailable : found.change
  }
  t.deepEqual(change('consumer-contention', { pinConsumer: 'last', inject: 'hog=last:4' }), { pinConsumer: 'none' })
  t.deepEqual(change('consumer-contention', { inject: 'hog=last:4+small-cap=4' }), { inject: 'small-cap=4' })
  t.deepEqual(change('late-pacer', { pinConsumer: 'last', inject: 'hog=last:4' }), { pacing: 'spin' })
  t.deepEqual(change('slow-service', { workBytes: 4096 }), { workBytes: 0 })
  t.deepEqual(change('overload', { prodIntervalUs: 100 }), { prodIntervalUs: 200 })
  t.deepEqual(change('overload', { prodIntervalUs: 100, workBytes: 64 }), { workBytes: 0 })
  t.deepEqual(change('consumer-stall', { workBytes: 64 }), { workBytes: 0 })
  t.deepEqual(change('producer-contention', { pinProducer: 0 }), { pinProducer: 'none' })
  t.deepEqual(change('late-pacer', { pacing: 'spin', timerSlack: 1000 }), { timerSlack: 1 })
  t.regex(String(change('late-pacer', { pacing: 'spin', timerSlack: 1 })), /^no setting takes it away/)
  t.regex(String(change('overload', { prodIntervalUs: 0 })), /^no setting takes it away/)
  t.regex(String(change('slow-wake', { wait: 'spin' })), /^no setting takes it away/)
  t.regex(String(change('steal', {})), /^no setting takes it away: move to a machine of your own/)
  for (const name of CAUSE_NAMES) t.truthy(change(name, {}))
})

test('what a fault set goes with it', (t) => {
  const config: Scenario = parseScenario('t', { inject: 'co-pin=0+timer-slack=1ms' })
  for (const hypothesis of ['shared-cpu', 'late-pacer'] as const) {
    const experiment = experimentOf(hypothesis, diagnosis, config)
    if ('unavailable' in experiment) return t.fail(experiment.unavailable)
    const { cells } = planConfirmation(config, experiment, SAB, { replicates: 6, seed: 1 })
    const [asIs, again, changed] = cells.map(({ scenario }) => scenario)
    t.like(asIs, { pinProducer: 0, pinConsumer: 0, timerSlack: 1e6 })
    t.deepEqual({ ...asIs, name: '' }, { ...again, name: '' })
    t.like(
      changed,
      hypothesis === 'shared-cpu' ? { pinConsumer: 'none', timerSlack: 1e6 } : { pinConsumer: 0, timerSlack: 1 },
    )
  }
})

test('a fault that sets nothing of a scenario leaves its settings as they are', (t) => {
  const config: Scenario = parseScenario('t', { inject: 'hog=last:4', queueCap: 7 })
  const experiment = experimentOf('producer-contention', diagnosis, config)
  if ('unavailable' in experiment) return t.fail(experiment.unavailable)
  const { cells } = planConfirmation(config, experiment, SAB, { replicates: 6, seed: 1 })
  const [asIs, , changed] = cells.map(({ scenario }) => scenario)
  t.deepEqual({ ...asIs, name: '', inject: '' }, { ...changed, name: '', inject: '' })
  t.deepEqual([asIs?.inject, changed?.inject, changed?.queueCap], ['hog=last:4', 'none', 7])
})

test('without a reference the worst items are expected to stay 0.3 ms above ordinary ones', (t) => {
  const own = diagnose([STALLED])
  const predicted = (of: typeof own) =>
    (experimentOf('consumer-stall', of, parseScenario('t', { workBytes: 1 })) as Experiment).predicted_ns
  t.is(predicted(own), own.reference_worst_ns + 0.3 * MS)
  t.is(predicted(diagnosis), diagnosis.reference_worst_ns)
})

test('a change that is sure and no larger than what the same shows against itself is inconclusive', (t) => {
  const blocks: Block[] = [1, 1.1, 0.9, 1, 1.2, 1].map((unit) => [10 * unit, 2000 * unit, 5 * unit])
  const { outcome, p, ratio, threshold_ratio } = judgeConfirmation(recordsOf(blocks), {
    ...EXPERIMENT,
    predicted_ns: 4 * MS,
  })
  t.is(outcome, 'inconclusive')
  t.true(p < 0.05 && ratio < threshold_ratio)
})

test('replicates that the hypervisor took time from are counted, and those without a ledger leave their block', (t) => {
  const blocks: Block[] = [10, 9, 11, 8, 12, 10, 10, 10].map((ms) => [ms, ms, 0.1])
  const records = recordsOf(blocks)
  const sched = (reasons: readonly string[]) => ({ phases: [{ contamination: { contaminated: true, reasons } }] })
  const measured = (index: number) => records[index] as MeasuredRecord
  const changed = (index: number, collectors: object) => {
    records[index] = { ...measured(index), collectors: { ...measured(index).collectors, ...collectors } }
  }
  changed(0, { sched: sched(['steal 5 %']) })
  changed(1, { sched: sched(['others used 30 % of CPU 1']) })
  changed(2, { sched: undefined })
  changed(3, { ledger: undefined })
  records[6] = { ...measured(6), status: 'failed' } as unknown as ResultRecord
  const { stolen, of, blocks: whole } = judgeConfirmation(records, EXPERIMENT)
  t.deepEqual({ stolen, of, whole }, { stolen: 1, of: 24, whole: 6 })
})

test('there is nothing to try where the worst items are as ordinary ones', (t) => {
  const ordinary = diagnose([record()], [record()])
  t.regex(JSON.stringify(experimentOf('late-pacer', ordinary, parseScenario('t'))), /no worse than ordinary/)
})

test('an experiment has 6 to 16 blocks, each of the three cells in an order of its own', (t) => {
  const plan = planConfirmation(parseScenario('t'), EXPERIMENT, SAB, { replicates: 8, seed: 3, duration: 2 })
  t.deepEqual(
    plan.cells.map(({ scenario }) => [scenario.name, scenario.duration]),
    [
      ['as-is', 2],
      ['as-is-again', 2],
      ['changed', 2],
    ],
  )
  t.is(plan.schedule.length, 24)
  for (const replicates of [5, 17]) {
    const plan = () => planConfirmation(parseScenario('t'), EXPERIMENT, SAB, { replicates, seed: 1 })
    t.throws(plan, { code: 'ERR_OPTION', message: /allowed in an experiment: an integer from 6 to 16/ })
  }
})
