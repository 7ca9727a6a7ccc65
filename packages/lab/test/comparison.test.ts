import { type Comparison, type FigureComparison, isUnavailable } from '@spsc/core'
import { compareRows, guiltySegment, judgeBounds, parseBounds, planComparison, twinOf } from '@spsc/lab'
import test from 'ava'
import { around, type Made, rowOf } from './rows.js'
import { SAB } from './runs.js'

const design = 'interleaved'

function figureOf({ figures }: Comparison, kpi: string): FigureComparison {
  const figure = figures.find((one) => one.kpi === kpi)
  if (figure === undefined || isUnavailable(figure)) throw new Error(`${kpi}: ${figure?.unavailable}`)
  return figure
}

function compared(a: readonly Made[], b: readonly Made[], twin?: readonly Made[]) {
  return compareRows(rowOf('a', a), rowOf('b', b), { design, ...(twin && { twin: rowOf(twinOf('a'), twin) }) })
}

test('the parts of the ledger are judged alike, whichever figures are asked about', (t) => {
  const [a, b] = [rowOf('a', around(50_000, { runq: 1000 })), rowOf('b', around(50_000, { runq: 1500 }))]
  const part = (figures?: readonly string[]) =>
    figureOf(compareRows(a, b, { design, ...(figures && { figures }) }), 'ledger.c_runq').verdict
  t.is(part(), 'equivalent')
  t.is(part(['ops_s']), 'equivalent')
})

test('a plan measures A, B and the twin of A once in each block', (t) => {
  const scenarios = ['a', 'b'].map((name) => ({ name, settings: {} }))
  const { cells, schedule } = planComparison({ scenarios, queues: [SAB], replicates: 6, seed: 1 })
  t.deepEqual(
    cells.map(({ scenario }) => scenario.name),
    ['a', 'b', 'a twin'],
  )
  t.is(schedule.length, 18)
  for (let block = 0; block < 6; block++) {
    const numbers = schedule.slice(3 * block, 3 * block + 3).map(({ cell }) => cell.number)
    t.deepEqual(numbers.sort(), [1, 2, 3])
  }
})

test('anything but two rows is refused', (t) => {
  const one = { scenarios: [{ name: 'a', settings: {} }], queues: [SAB], replicates: 6, seed: 1 }
  t.throws(() => planComparison(one), { code: 'ERR_OPTION', message: /of two rows, and these unfold into 1/ })
  const three = { ...one, scenarios: [{ name: 'a', settings: { queueCap: [1, 2, 3] } }] }
  t.throws(() => planComparison(three), { code: 'ERR_OPTION' })
})

test('a shift differs, in the figure that shifted and in no other', (t) => {
  const comparison = compared(around(50_000), around(65_000), around(50_100))
  t.is(comparison.blocks, 8)
  const p99 = figureOf(comparison, 'latency.p99')
  t.is(p99.verdict, 'differs')
  t.true(Math.abs(p99.effect - 0.3) < 0.02)
  t.true((p99.p_family ?? 1) >= p99.p)
  t.is(figureOf(comparison, 'ops_s').verdict, 'equivalent')
  t.is(figureOf(comparison, 'drop_rate').verdict, 'equivalent')
})

test('figures below the floor can not be told apart', (t) => {
  const comparison = compared(around(100, { floor: 500 }), around(200, { floor: 500 }))
  const p99 = figureOf(comparison, 'latency.p99')
  t.like(p99, { verdict: 'inconclusive', a: 500, b: 500, below_floor: 8 })
})

test('without a ledger its parts are unavailable, with the option that brings them', (t) => {
  const { figures } = compared(around(50_000), around(50_000))
  const part = figures.find(({ kpi }) => kpi === 'ledger.c_runq')
  t.deepEqual(part, { kpi: 'ledger.c_runq', unavailable: 'no collector ledger: --collect ledger' })
})

const calm = (disturbed: readonly number[] = []) =>
  around(50_000, { contaminated: false }).map((made, index) => ({
    ...made,
    contaminated: disturbed.includes(index + 1),
  }))

test('disturbed replicates are left out while six blocks stay, whatever they measured', (t) => {
  const comparison = compared(calm([3]), calm())
  t.is(comparison.blocks, 7)
  t.deepEqual(comparison.left_out, [{ replicate: 3, rows: ['a'], reasons: ['steal 5 %'] }])
  const all = compared(calm([1, 2, 3, 4, 5, 6, 7, 8]), calm())
  t.is(all.blocks, 8)
  t.deepEqual(all.left_out, [])
})

test('where A or its twin is left the block stays, and the other one stands for both', (t) => {
  const comparison = compared(calm([3, 5]), calm([7]), calm([4, 5]))
  t.is(comparison.blocks, 6)
  t.deepEqual(
    comparison.left_out.map(({ replicate, rows }) => [replicate, rows]),
    [
      [3, ['a']],
      [4, ['twin']],
      [5, ['a', 'twin']],
      [7, ['b']],
    ],
  )
})

test('a replicate that failed takes its block with it; none in common is refused', (t) => {
  const [a, b] = [rowOf('a', around(50_000)), rowOf('b', around(50_000))]
  t.is(compareRows(a, b.slice(2), { design }).blocks, 6)
  t.throws(() => compareRows(a.slice(0, 2), b.slice(2), { design }), {
    code: 'ERR_OPTION',
    message: /no good replicate in common/,
  })
  t.throws(() => compareRows([], b, { design }), { code: 'ERR_OPTION', message: /row A has no record/ })
})

test('of two runs one after the other, only effects above 25 % are differences', (t) => {
  const compare = (p99: number) =>
    figureOf(compareRows(rowOf('a', around(50_000)), rowOf('a', around(p99)), { design: 'apart' }), 'latency.p99')
      .verdict
  t.is(compare(60_000), 'equivalent')
  t.is(compare(70_000), 'differs')
})

test('a gate passes, fails and can not tell', (t) => {
  const bounds = parseBounds(['latency.p99=+10%'])
  const verdict = (a: readonly Made[], b: readonly Made[]) => judgeBounds(compared(a, b), bounds)[0]
  t.is(verdict(around(50_000), around(52_000))?.verdict, 'pass')
  t.is(verdict(around(50_000), around(65_000))?.verdict, 'regressed')
  const noisy = around(50_000).map((made, index) => ({ p99: made.p99 * (index % 2 === 0 ? 0.8 : 1.4) }))
  t.like(verdict(around(50_000), noisy), { verdict: 'inconclusive' })
  t.regex(verdict(around(50_000), noisy)?.reason ?? '', /its interval holds the limit; about \d+ blocks/)
  t.like(verdict(around(50_000, {}, 3), around(65_000, {}, 3)), { verdict: 'inconclusive' })
})

test('less throughput is worse, more is not', (t) => {
  const bounds = parseBounds(['ops_s=-5%'])
  const verdict = (opsS: number) => {
    const rows = [1000, opsS].map((ops) =>
      around(50_000).map((made, index) => ({ ...made, opsS: ops * (1 + 0.001 * index) })),
    )
    return judgeBounds(compared(rows[0] as Made[], rows[1] as Made[]), bounds)[0]?.verdict
  }
  t.is(verdict(990), 'pass')
  t.is(verdict(2000), 'pass')
  t.is(verdict(500), 'regressed')
})

test('a regression names the part of the response that grew most', (t) => {
  const comparison = compared(around(50_000, { runq: 1000 }), around(90_000, { runq: 41_000 }))
  t.is(guiltySegment(comparison)?.kpi, 'ledger.c_runq')
  const [verdict] = judgeBounds(comparison, parseBounds(['p99=+10%']))
  t.like(verdict, { verdict: 'regressed', segment: { kpi: 'ledger.c_runq', effect: 40_000 } })
})

test('bounds have a normal form, and what they can not say is refused', (t) => {
  const texts = parseBounds(['p99=+10%, ops_s=-5%', 'drop_rate=0.01']).map(({ text }) => text)
  t.deepEqual(texts, ['response.p99=+10%', 'ops_s=-5%', 'drop_rate=+0.01'])
  for (const wrong of [
    'p99',
    'p99=10',
    'p99=-10%',
    'ops_s=+5%',
    'ops_s=-100%',
    'drop_rate=+1%',
    'ledger.c_runq=+1',
    'x=+1%',
  ]) {
    t.throws(() => parseBounds([wrong]), { code: 'ERR_OPTION', message: /allowed: FIGURE=\+N% for times/ }, wrong)
  }
  t.throws(() => parseBounds(['p99=+1%', 'response.p99=+2%']), {
    code: 'ERR_OPTION',
    message: /bounds response\.p99 twice/,
  })
})

test('a gate that can not tell says why', (t) => {
  const verdict = (text: string, comparison: Comparison) => {
    const [judged] = judgeBounds(comparison, parseBounds([text]))
    t.is(judged?.verdict, 'inconclusive', JSON.stringify(judged))
    return judged?.reason ?? ''
  }
  const [a, b] = [rowOf('a', around(50_000)), rowOf('b', around(58_000))]
  t.is(verdict('p99=+10%', compareRows(a, b, { design, figures: ['ops_s'] })), 'unavailable: it was not compared')
  t.is(
    verdict('p99=+10%', compared(around(0, { floor: 0 }), around(0, { floor: 0 }))),
    'unavailable: it is 0 in some block',
  )
  t.regex(
    verdict('p99=+10%', compareRows(a, b, { design: 'apart' })),
    /less than two runs .* can differ by; measure both in turns: spsc gate A B/,
  )
  const again = compared(around(50_000), around(80_000), around(75_000))
  t.is(verdict('p99=+2%', again), 'A and A measured again differ by as much')
})

test('an effect that chance gives to some figure as often does not fail a gate', (t) => {
  // All six blocks agree on the latency; of the throughput half do, each by as much: chance may turn that into all.
  const effects = [1.2, 1.5, 1.3, 1.9, 1.25, 1.6]
  const b = effects.map((effect, index) => ({ p99: 50_000 * effect, opsS: index % 2 === 0 ? 1010 : 1000 / 1.01 }))
  const [judged] = judgeBounds(compared(around(50_000, {}, 6), b), parseBounds(['p99=+5%']))
  t.is(judged?.verdict, 'inconclusive')
  t.regex(judged?.reason ?? '', /chance does as much to some figure in more than one of twenty comparisons/)
})

test('one block has figures and no interval', (t) => {
  const comparison = compared(around(50_000, {}, 1), around(65_000, {}, 1))
  t.is(comparison.blocks, 1)
  const p99 = figureOf(comparison, 'latency.p99')
  t.is(p99.verdict, 'inconclusive')
  t.is(p99.p_family, undefined)
  const [judged] = judgeBounds(comparison, parseBounds(['p99=+10%']))
  t.like(judged, { verdict: 'inconclusive', reason: '1 blocks have no interval; it takes 6, or 3 with a twin' })
})

test('where no floor is known nothing lies below one', (t) => {
  const bare = (scenario: string, p99: number) =>
    rowOf(scenario, around(p99, { floor: 500 })).map(({ certificate: _, ...rest }) => rest as (typeof rows)[number])
  const rows = rowOf('a', [])
  const p99 = figureOf(compareRows(bare('a', 100), bare('b', 200), { design }), 'latency.p99')
  t.like(p99, { verdict: 'differs', below_floor: 0 })
})
