import type { ResultRecord } from '@spsc/core'
import { drawCharts, toPng } from '@spsc/report/charts'
import test from 'ava'
import { ledger, ORDINARY, WORST } from './ledgers.js'
import { failed, measured } from './records.js'
import { descriptionOf, positionsOf, textsOf, titlesOf } from './svg.js'

const stored = (data: unknown, changes: Partial<ResultRecord> = {}) =>
  measured({ ...changes, collectors: { ledger: data } } as Parameters<typeof measured>[0])

function drawn(records: readonly ResultRecord[]): string | undefined {
  return drawCharts(records, 't000').find(({ suffix }) => suffix === 'ledger')?.svg
}

function draw(records: readonly ResultRecord[]): string {
  const svg = drawn(records)
  if (svg === undefined) throw new Error('it was not drawn')
  return svg
}

/** Widths of the bars of a view in px, by segment. */
function widthsOf(svg: string, view: string): Record<string, number> {
  const bars = [...svg.matchAll(/<rect([^>]*)><title>baseline, ([^:]+): (\w+)[^<]*<\/title>/g)]
  return Object.fromEntries(
    bars
      .filter(([, , of]) => of === view)
      .map(([, attributes, , segment]) => [segment, Number(/ width="([\d.]+)"/.exec(attributes as string)?.[1])]),
  )
}

test('a stack for the ordinary items and one for the worst, each segment as wide as its time', (t) => {
  const svg = draw([stored(ledger())])
  for (const [view, vector] of [
    ['median band', ORDINARY],
    ['worst 1 %', WORST],
  ] as const) {
    const widths = widthsOf(svg, view)
    const present = Object.entries(vector).filter(([, ns]) => ns > 0)
    t.deepEqual(
      Object.keys(widths),
      present.map(([segment]) => segment),
    )
    const perNs = (widths.p_late as number) / vector.p_late
    for (const [segment, ns] of present) t.true(Math.abs((widths[segment] as number) - perNs * ns) < 0.02, segment)
  }
  t.true(textsOf(svg).includes('0.096 ms, 83 % p_late'))
  t.true(textsOf(svg).includes('1.000 ms, 90 % p_runq'))
  t.true(titlesOf(svg).includes('baseline, worst 1 %: p_runq 0.904 ms, 90 %'))
  t.true(titlesOf(svg).includes('baseline, worst 1 %: s_off 0.00020 ms, <1 %'))
})

test('what could not be told apart is said, and the segment that holds it', (t) => {
  const vector = { p_late: 80_000, p_own: 2500, c_wake: 90_000, s_cpu: 2000 }
  const svg = draw([stored(ledger(vector, vector, { holds: { c_wake: ['c_runq'] } }))])
  t.true(textsOf(svg).includes('could not be told apart: p_runq, c_runq, s_runq, s_off'))
  t.true(textsOf(svg).includes('0.174 ms, 52 % c_wake + c_runq'))
  t.true(titlesOf(svg).includes('baseline, median band: c_wake (with c_runq) 0.090 ms, 52 %'))
  t.regex(descriptionOf(svg), /could not be told apart: p_runq, c_runq, s_runq, s_off/)
  t.false(textsOf(svg).some((text) => text.startsWith('s_off:')))
})

test('where a figure has no room for all, what comes first stays', (t) => {
  const vector = { c_wake: 5, s_cpu: 1000 }
  const svg = draw([stored(ledger(vector, vector, { holds: { s_cpu: ['s_runq', 's_off'] } }))])
  t.true(textsOf(svg).some((text) => /^0\.0010 ms, 100 % s_cpu \+ s_runq.*…$/.test(text)))
  t.regex(descriptionOf(svg), /0\.0010 ms, 100 % s_cpu \+ s_runq \+ s_off;/)
})

test('a cell without a ledger keeps its row and says why', (t) => {
  const svg = draw([
    stored(ledger()),
    stored({ unavailable: 'no luck' }, { scenario: 'unlucky', cell: 2 }),
    measured({ scenario: 'other', cell: 3 }),
    failed({ scenario: 'stuck', cell: 4 }),
  ])
  for (const text of ['unlucky', 'unavailable: no luck', 'other', 'unavailable', 'stuck', 'failed: ERR_PLUGIN_HUNG'])
    t.true(textsOf(svg).includes(text), text)
})

test('each replicate’s total is a mark, those beyond the axis as well', (t) => {
  const totals = [1e6, 2e6, 60e6].map((s_off) => ({ ...WORST, s_off }))
  const records = totals.map((worst, index) => stored(ledger(ORDINARY, worst), { replicate: index + 1 }))
  const svg = draw(records)
  t.is(positionsOf(svg, 'baseline, worst 1 %, replicate 1').length, 1)
  t.is(positionsOf(svg, 'baseline, worst 1 %, replicate 3').length, 0)
  t.regex(svg, />&gt;<title>baseline, worst 1 %, replicate 3: 61\.000 ms<\/title>/)
  t.true(textsOf(svg).includes('n = 3'))
})

test('what is added up is said once where all add up the same, and else in each row', (t) => {
  const saturated = stored(ledger(ORDINARY, WORST, { total: 'sent to done' }), { scenario: 'flat out', cell: 2 })
  t.regex(textsOf(draw([stored(ledger())])).join(), /time on, due to done, in/)
  const texts = textsOf(draw([stored(ledger()), saturated]))
  t.true(texts.includes('due to done') && texts.includes('sent to done'))
})

test('sums that do not add up are said to mean nothing', (t) => {
  const svg = draw([stored(ledger(ORDINARY, WORST, { sums: { items: 4470, mismatches: 3 } }))])
  t.true(textsOf(svg).join(' ').includes('The segments of 3 items do not add up: these figures mean nothing.'))
})

test('without a ledger that can be believed nothing is drawn', (t) => {
  const damaged = [
    ...[null, 'yes', { unavailable: 'no luck' }, { worst: 'yes' }],
    { ...ledger(), worst: { n: 1, mean_total_ns: 1, mean_ns: null } },
    { ...ledger(), worst: { n: 1, mean_total_ns: 1, mean_ns: { p_late: 'x' } } },
    { ...ledger(), worst: { n: 1, mean_total_ns: 1, mean_ns: { p_late: -1 } } },
    { ...ledger(), total: 7 },
  ]
  t.is(drawn([]), undefined)
  t.is(drawn([measured(), failed()]), undefined)
  for (const data of damaged) t.is(drawn([stored(data)]), undefined, JSON.stringify(data))
})

test('the same records give the same bytes, hostile words are text, and items of no time at all have a row', async (t) => {
  const nothing = Object.fromEntries(Object.keys(ORDINARY).map((segment) => [segment, 0]))
  const hostile = '</text><script>"\u001b[31m\ufffe'
  const records = [
    stored(ledger(), { scenario: hostile }),
    stored(ledger(nothing, nothing, { total: hostile, holds: { p_late: [hostile] } }), { scenario: 'zero', cell: 2 }),
    stored({ unavailable: hostile }, { scenario: 'none', cell: 3 }),
  ]
  const svg = draw(records)
  t.is(svg, draw(structuredClone(records)))
  t.deepEqual(await toPng(svg), await toPng(draw(records)))
  for (const harmful of ['<script', '\u001b', '\ufffe']) t.false(svg.includes(harmful))
  t.true(textsOf(svg).includes('zero'))
})
