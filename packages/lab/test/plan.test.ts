import { isDeepStrictEqual } from 'node:util'
import { DEFAULTS } from '@spsc/core'
import { MAX_CELLS, MAX_REPLICATES, planRun, SCENARIOS, SUITES, unfold } from '@spsc/lab'
import test from 'ava'
import fc from 'fast-check'

const queues = (...labels: string[]) =>
  labels.map((label) => ({ label, backend: { module: `file:///${label}.js`, name: label } }))
const labels = (...settings: Parameters<typeof unfold>) => unfold(...settings).map(({ name }) => name)
const plan = (more: Partial<Parameters<typeof planRun>[0]> = {}) =>
  planRun({
    scenarios: [{ name: 'mine', settings: { queueCap: [8, 64] } }],
    queues: queues('a', 'b'),
    replicates: 3,
    seed: 1,
    ...more,
  })
const order = ({ schedule }: ReturnType<typeof planRun>) =>
  schedule.map(({ cell, replicate }) => `${cell.scenario.name} on ${cell.queue.label} ${replicate}`)

test('a scenario without lists unfolds into itself, completed by the defaults', (t) => {
  t.deepEqual(unfold({ name: 'small', settings: { queueCap: 8 } }), [{ ...DEFAULTS, name: 'small', queueCap: 8 }])
})

test('a setting with several values adds them to the label, one with a single value does not', (t) => {
  t.deepEqual(labels({ name: 'mine', settings: { queueCap: [8, 64], duration: 1, wait: ['spin'] } }), [
    'mine queue-cap=8',
    'mine queue-cap=64',
  ])
})

test('several lists unfold into their product, the last varying fastest', (t) => {
  t.deepEqual(labels({ name: 'm', settings: { queueCap: [8, 64], prodIntervalUs: [0, 1000], onFull: 'drop' } }), [
    'm queue-cap=8 prod-interval-us=0',
    'm queue-cap=8 prod-interval-us=1000',
    'm queue-cap=64 prod-interval-us=0',
    'm queue-cap=64 prod-interval-us=1000',
  ])
})

test('each combination has the values its label says', (t) => {
  const scenarios = unfold({ name: 'm', settings: { queueCap: [8, 64], wait: ['spin', 'block'] } })
  for (const { name, queueCap, wait } of scenarios) t.is(name, `m queue-cap=${queueCap} wait=${wait}`)
  t.is(scenarios.length, 4)
})

test('a value out of range anywhere in a list is refused', (t) => {
  t.throws(() => unfold({ name: 'm', settings: { queueCap: [8, 0] } }), {
    code: 'ERR_OPTION',
    message: /queueCap is 0;/,
  })
})

test('the cells are every scenario on every queue, in the order given', (t) => {
  t.deepEqual(
    plan().cells.map(({ scenario, queue }) => `${scenario.name} on ${queue.label}`),
    ['mine queue-cap=8 on a', 'mine queue-cap=8 on b', 'mine queue-cap=64 on a', 'mine queue-cap=64 on b'],
  )
})

test('every block measures every cell exactly once, whatever the seed', (t) => {
  const cell = fc.integer({ min: 1, max: 5 })
  const property = fc.property(
    cell,
    cell,
    cell,
    fc.nat({ max: 2 ** 32 - 1 }),
    (capacities, queueCount, replicates, seed) => {
      const { cells, schedule } = plan({
        scenarios: [
          { name: 'mine', settings: { queueCap: Array.from({ length: capacities }, (_, index) => index + 1) } },
        ],
        queues: queues(...Array.from({ length: queueCount }, (_, index) => `q${index}`)),
        replicates,
        seed,
      })
      const blocks = Array.from({ length: replicates }, (_, block) =>
        schedule.filter((item) => item.replicate === block + 1),
      )
      // Blocks follow one another, and each has as many different cells as there are.
      return (
        isDeepStrictEqual(blocks.flat(), [...schedule]) &&
        blocks.every(
          (block) => block.length === cells.length && new Set(block.map((item) => item.cell)).size === cells.length,
        )
      )
    },
  )
  t.notThrows(() => fc.assert(property, { numRuns: 100 }))
})

test('replicates are numbered in the order of measurement', (t) => {
  t.deepEqual(
    plan().schedule.map((item) => item.order),
    Array.from({ length: 12 }, (_, index) => index + 1),
  )
})

test('the same seed gives the same schedule, and the same seed to each replicate', (t) => {
  t.deepEqual(plan({ seed: 7 }).schedule, plan({ seed: 7 }).schedule)
})

test('another seed gives another schedule', (t) => {
  const seen = new Set(Array.from({ length: 20 }, (_, seed) => order(plan({ seed })).join()))
  t.true(seen.size > 15, `${seen.size} different schedules of 20`)
})

test('blocks of one run differ in their order', (t) => {
  const { cells, schedule } = plan({ replicates: 20 })
  const blocks = Array.from({ length: 20 }, (_, block) =>
    schedule
      .slice(block * cells.length, (block + 1) * cells.length)
      .map(({ cell }) => cells.indexOf(cell))
      .join(),
  )
  t.true(new Set(blocks).size > 5)
})

test('each replicate draws from a seed of its own', (t) => {
  const seeds = plan({ replicates: 100 }).schedule.map((item) => item.seed)
  t.is(new Set(seeds).size, seeds.length)
  t.true(seeds.every((seed) => Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32))
})

for (const replicates of [0, -1, 1.5, Number.NaN, MAX_REPLICATES + 1, Number.POSITIVE_INFINITY]) {
  test(`${replicates} replicates are refused, with the range allowed`, (t) => {
    t.throws(() => plan({ replicates }), {
      code: 'ERR_OPTION',
      message: `[spsc] [lab] replicates is ${replicates}; allowed: an integer from 1 to 10000`,
    })
  })
}

for (const seed of [-1, 0.5, Number.NaN, 2 ** 32]) {
  test(`seed ${seed} is refused, with the range allowed`, (t) => {
    t.throws(() => plan({ seed }), {
      code: 'ERR_OPTION',
      message: `[spsc] [lab] seed is ${seed}; allowed: an integer from 0 to 4294967295`,
    })
  })
}

test('the lowest and the highest seed are accepted', (t) => {
  for (const seed of [0, 2 ** 32 - 1]) t.is(plan({ seed }).seed, seed)
})

test('a queue named twice is refused', (t) => {
  t.throws(() => plan({ queues: queues('a', 'a') }), {
    code: 'ERR_OPTION',
    message: /mine queue-cap=8 on a is asked for twice/,
  })
})

test('a value given twice is refused', (t) => {
  const scenarios = [{ name: 'mine', settings: { queueCap: [8, 8] } }]
  t.throws(() => plan({ scenarios }), { code: 'ERR_OPTION', message: /mine queue-cap=8 on a is asked for twice/ })
})

test('every built-in scenario unfolds into one, and every suite names built-in scenarios', (t) => {
  for (const [name, { description, ...settings }] of Object.entries(SCENARIOS)) {
    t.is(unfold({ name, settings }).length, 1)
    t.not(description, '')
  }
  for (const { scenarios } of Object.values(SUITES)) {
    t.true(scenarios.length > 0)
    for (const name of scenarios) t.true(Object.hasOwn(SCENARIOS, name), name)
  }
})

test('affinity-both pins both ends, to different CPUs where there are two', (t) => {
  t.like(SCENARIOS['affinity-both'], { pinProducer: 'first', pinConsumer: 'last' })
})

test('t000 is the seed’s experiment: baseline, the consumer pinned, capacity 8', (t) => {
  t.deepEqual(SUITES.t000?.scenarios, ['baseline', 'affinity', 'queue-cap-8'])
  const [baseline, affinity, small] = ['baseline', 'affinity', 'queue-cap-8'].map((name) => {
    const { description, ...settings } = SCENARIOS[name] as (typeof SCENARIOS)[string]
    return unfold({ name, settings })[0]
  })
  t.like(baseline, { prodIntervalUs: 1000, queueCap: 64, pinProducer: 'none', pinConsumer: 'none' })
  t.like(affinity, { prodIntervalUs: 1000, queueCap: 64, pinProducer: 'none', pinConsumer: 'last' })
  t.like(small, { prodIntervalUs: 1000, queueCap: 8, pinConsumer: 'none' })
})

test('lists that unfold into more cells than anybody waits for are refused before they do', (t) => {
  const values = Array.from({ length: 1000 }, (_, index) => index + 1)
  const settings = { queueCap: values, workBytes: values, itemBytes: values, duration: values }
  const plan = () => planRun({ scenarios: [{ name: 'a', settings }], queues: queues('sab'), replicates: 1, seed: 1 })
  t.throws(plan, {
    code: 'ERR_OPTION',
    message: new RegExp(`unfold into 1000000000000 cells; allowed: at most ${MAX_CELLS}; give fewer`),
  })
})
