import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type MaxRateResult, type ResultRecord, type ScenarioInput, seededRandom } from '@spsc/core'
import { type MaxRateOptions, MaxRateSearch, parseSlo, planMaxRate, type QueueChoice, type Replicate } from '@spsc/lab'
import test from 'ava'
import { folder } from './folders.js'
import { BRIEF, eventsOf, faulty, SAB, start } from './runs.js'

const SEARCH = { lowest: 1000, highest: 64_000, resolution: 0.1 }

function planOf(more: Partial<MaxRateOptions> & { settings?: ScenarioInput; queues?: readonly QueueChoice[] } = {}) {
  const { settings = {}, ...options } = more
  return planMaxRate({
    scenarios: [{ name: 'brief', settings: { ...BRIEF, pacing: 'deadline', ...settings } }],
    queues: [SAB],
    replicates: 3,
    seed: 1,
    slo: parseSlo('drop<0.5'),
    search: SEARCH,
    ...options,
  })
}

/** A record of a made-up system, whose only figure is the drop rate. */
function recordOf({ cell, replicate, order, seed }: Replicate, drop_rate: number): ResultRecord {
  const { scenario, queue } = cell
  return {
    ...{ scenario: scenario.name, queue: queue.label, cell: cell.number, replicate, order, replicate_seed: seed },
    ...{ config: scenario, status: 'ok', drop_rate, collectors: {} },
  } as unknown as ResultRecord
}

/** Walks searches over a made-up system until they end, or until so many replicates are measured. */
function walk(
  plan: ReturnType<typeof planOf>,
  measure: (replicate: Replicate) => ResultRecord,
  { records = [] as ResultRecord[], limit = Number.POSITIVE_INFINITY } = {},
) {
  const search = new MaxRateSearch(plan)
  const measured: Replicate[] = []
  for (const { replicates } of search.batches(records)) {
    for (const replicate of replicates) {
      if (measured.length === limit) return { records, measured, results: search.results() }
      measured.push(replicate)
      records.push(measure(replicate))
    }
  }
  return { records, measured, results: search.results() }
}

const rateOf = ({ cell }: Replicate) => 1e6 / cell.scenario.prodIntervalUs
/** Replicates hold below a threshold that chance moves by 20 % for each of them. */
const noisy = (replicate: Replicate) => {
  const threshold = 10_000 * (1 + 0.2 * (seededRandom(replicate.seed)() - 0.5))
  return recordOf(replicate, rateOf(replicate) < threshold ? 0 : 1)
}

test('each step is a cell of its own, labelled with its rate, measured with all replicates', (t) => {
  const { measured, results } = walk(planOf(), (replicate) => recordOf(replicate, rateOf(replicate) < 3000 ? 0 : 1))
  t.deepEqual(
    measured
      .slice(0, 6)
      .map(({ cell, replicate, order }) => `${cell.number} ${cell.scenario.name} ${replicate} ${order}`),
    [
      ...[1, 2, 3].map((replicate) => `1 brief rate=1000 ${replicate} ${replicate}`),
      ...[1, 2, 3].map((replicate) => `2 brief rate=2000 ${replicate} ${replicate + 3}`),
    ],
  )
  const [{ outcome, held = 0, failed = 0, steps }] = results as [MaxRateResult]
  t.is(outcome, 'found')
  t.true(held < 3000 && failed >= 3000)
  t.deepEqual(steps[0], { rate: 1000, verdict: 'held', measured: 3, kept_rate: 3, held: 3, figures: { drop_rate: 0 } })
})

test('a step whose replicates disagree is measured anew, up to three times, and is inconclusive then', (t) => {
  const halves = (replicate: Replicate) => recordOf(replicate, rateOf(replicate) < 3000 ? 0 : replicate.replicate % 2)
  const { measured, results } = walk(planOf({ replicates: 4 }), halves)
  const at = (rate: number) =>
    measured.filter((replicate) => rateOf(replicate) === rate).map(({ replicate }) => replicate)
  t.deepEqual(at(2000).sort(), [1, 2, 3, 4])
  t.deepEqual(
    at(4000).sort((a, b) => a - b),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
  )
  t.like(results[0], { outcome: 'inconclusive' })
  t.like(
    results[0]?.steps.find(({ rate }) => rate === 4000),
    { verdict: 'inconclusive', measured: 12, held: 6 },
  )
})

test('several cells are searched side by side, in an order that changes from round to round', (t) => {
  const queues = ['a', 'b', 'c'].map((label) => ({ ...SAB, label }))
  const plan = planOf({ queues, replicates: 1 })
  const { measured, results } = walk(plan, (replicate) => recordOf(replicate, rateOf(replicate) < 50_000 ? 0 : 1))
  const orders = [0, 3, 6, 9, 12].map((at) => measured.slice(at, at + 3).map(({ cell }) => cell.queue.label))
  for (const order of orders) t.deepEqual([...order].sort(), ['a', 'b', 'c'])
  t.true(new Set(orders.map(String)).size > 1)
  t.deepEqual(
    results.map(({ queue, outcome }) => `${queue} ${outcome}`),
    ['a found', 'b found', 'c found'],
  )
})

test('a search that is cut short anywhere and goes on measures what it would have, and comes to the same', (t) => {
  const plan = planOf()
  const whole = walk(plan, noisy)
  for (let limit = 0; limit < whole.measured.length; limit++) {
    const first = walk(plan, noisy, { limit })
    t.is(first.results[0]?.outcome, 'unfinished')
    const second = walk(plan, noisy, { records: first.records })
    t.deepEqual([...first.measured, ...second.measured], whole.measured)
    t.deepEqual(second.results, whole.results)
  }
})

test('a rate at which no replicate can be measured ends the search', (t) => {
  const failing = (replicate: Replicate) => ({ ...recordOf(replicate, 0), status: 'failed' }) as ResultRecord
  const { measured, results } = walk(planOf(), failing)
  t.is(measured.length, 3)
  t.like(results[0], { outcome: 'unmeasured', steps: { length: 1 } })
})

for (const [what, options, message] of [
  ['pacing that keeps no rate', { settings: { pacing: 'sleep' } }, /pacing is sleep.*allowed.*deadline, spin/],
  ['a lowest rate above the highest', { search: { ...SEARCH, lowest: 1e5 } }, /rates are 100000\.\.64000; allowed/],
  ['a rate beyond reach', { search: { ...SEARCH, highest: 1e12 } }, /rates are .*; allowed: items per second/],
  ['a resolution of nothing', { search: { ...SEARCH, resolution: 0 } }, /resolution is 0; allowed/],
] as const) {
  test(`${what} is refused`, (t) => {
    t.throws(() => planOf(options), { code: 'ERR_OPTION', message })
  })
}

const stored = (dir: string) => JSON.parse(readFileSync(join(dir, 't_manifest.json'), 'utf8'))
const brief = { replicates: 1, search: { lowest: 200, highest: 800, resolution: 1 } }

test.serial('a search on a real queue ends, and its outcome is in the manifest', async (t) => {
  const dir = folder(t)
  const { finished } = await start(dir, { plan: planOf(brief) })
  const { records, maxRate = [] } = await finished
  const [result] = maxRate as [MaxRateResult]
  t.not(result.outcome, 'unfinished')
  t.is(records.length, result.steps.length)
  t.deepEqual(
    records.map(({ scenario }) => scenario),
    result.steps.map(({ rate }) => `brief rate=${rate}`),
  )
  t.deepEqual(stored(dir).max_rate, JSON.parse(JSON.stringify(maxRate)))
})

test.serial('resuming a search that has ended measures nothing and says the same', async (t) => {
  const dir = folder(t)
  const first = await (await start(dir, { plan: planOf(brief) })).finished
  const lab = await start(dir, { plan: planOf(brief), onExisting: 'resume' })
  const events = eventsOf(lab)
  const second = await lab.finished
  t.deepEqual(events, [])
  t.deepEqual(second.maxRate, first.maxRate)
})

test.serial('a search with another objective is not resumed', async (t) => {
  const dir = folder(t)
  await (await start(dir, { plan: planOf(brief) })).finished
  const other = planOf({ ...brief, slo: parseSlo('drop<0.1') })
  await t.throwsAsync(start(dir, { plan: other, onExisting: 'resume' }), { code: 'ERR_EXISTS' })
})

test.serial('a queue that throws leaves a search unmeasured', async (t) => {
  const { finished } = await start(folder(t), { plan: planOf({ ...brief, queues: [faulty('throwsInCreate')] }) })
  const { records, maxRate } = await finished
  t.like(maxRate?.[0], { outcome: 'unmeasured' })
  t.is(records[0]?.status, 'failed')
})
