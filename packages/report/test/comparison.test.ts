import type { BoundVerdict, Comparison, FigureComparison } from '@spsc/core'
import { comparisonText, gateText, githubAnnotations, junit } from '@spsc/report'
import test from 'ava'

const P99: FigureComparison = {
  kpi: 'response.p99',
  unit: 'ns',
  scale: 'ratio',
  verdict: 'differs',
  a: 58_100,
  b: 76_000,
  n: 8,
  p: 0.0078,
  p_family: 0.0156,
  effect: 0.31,
  low: 0.221,
  high: 0.402,
  twin_effect: -0.012,
  below_floor: 0,
}
const A = { run: 'compare', scenario: 'baseline', queue: 'native' }
const B = { ...A, scenario: 'affinity' }

function comparison(figures: Comparison['figures'], changes: Partial<Comparison> = {}): Comparison {
  return { a: A, b: B, design: 'interleaved', margin: 0.1, blocks: 8, left_out: [], figures, ...changes }
}

test('a figure has its medians, its effect with interval, the twin, p and verdict in one line', (t) => {
  const text = comparisonText(comparison([P99]))
  t.regex(text, /^response\.p99\s+58\.1\s+76\.0\s+\+31\.0%\s+\+22\.1%…\+40\.2%\s+−1\.2%\s+0\.016\s+differs$/m)
  t.regex(text, /^B differs from A in response\.p99\.$/m)
  t.regex(text, /95 % by the same test/)
})

test('what is inconclusive says how many blocks it takes; what is missing says why', (t) => {
  const figure: FigureComparison = { ...P99, verdict: 'inconclusive', needed: 37 }
  const text = comparisonText(comparison([figure, { kpi: 'ledger.p_own', unavailable: 'no collector ledger' }]))
  t.regex(text, /R≈37$/m)
  t.regex(text, /^unavailable: ledger\.p_own: no collector ledger$/m)
  t.regex(text, /^inconclusive in response\.p99\.$/m)
})

test('no line is longer than 80 columns, whatever the figures and names', (t) => {
  const wide: FigureComparison = { ...P99, effect: 196.5, low: 0.63, high: 15_410, twin_effect: 2082, a: 1e9, b: 2e11 }
  const long = 'x'.repeat(200)
  const parts = ['p_late', 'c_runq'].map(
    (part): FigureComparison => ({
      ...wide,
      kpi: `ledger.${part}`,
      scale: 'difference',
      effect: 4.8e7,
      low: -7.35e8,
      high: 1e9,
    }),
  )
  const text = comparisonText(
    comparison([wide, ...parts], {
      a: { ...A, scenario: `${long}\u001b[31m` },
      left_out: [{ replicate: 3, rows: ['a', 'twin'], reasons: [long.slice(0, 60)] }],
    }),
  )
  t.true(
    text.split('\n').every((line) => line.length <= 80),
    text,
  )
  t.false(text.includes('\u001b'))
})

test('what was left out is named with its block', (t) => {
  const left_out = [{ replicate: 3, rows: ['twin', 'b'] as const, reasons: ['steal 5 %'] }]
  const text = comparisonText(comparison([P99], { left_out })).replaceAll(/\n +/g, ' ')
  t.regex(text, /: the twin and B of block 3 \(steal 5 %\)\.$/m)
})

test('runs one after the other say what that costs', (t) => {
  t.regex(comparisonText(comparison([P99], { design: 'apart' })), /drift of the machine/)
})

const REGRESSED: BoundVerdict = {
  bound: { text: 'response.p99=+10%', kpi: 'response.p99', limit: 0.1 },
  a: A,
  b: B,
  verdict: 'regressed',
  figure: P99,
  segment: { ...P99, kpi: 'ledger.c_runq', scale: 'difference', effect: 17_000 },
}
const UNKNOWN: BoundVerdict = {
  bound: REGRESSED.bound,
  a: A,
  b: { ...A, scenario: '<b>&"\u001b[1m' },
  verdict: 'inconclusive',
  reason: 'its interval holds the limit',
  figure: P99,
}

test('a regression names the guilty part and the command that shows it again', (t) => {
  const text = gateText([REGRESSED], 'spsc gate a b --max p99=+10%')
  t.regex(
    text.replaceAll(/\n +/g, ' '),
    /^REGRESSED: affinity on native against baseline on native: response\.p99 \+31\.0%/,
  )
  t.regex(text.replaceAll(/\n +/g, ' '), /allowed \+10%, most of it in ledger\.c_runq, \+17\.0 µs/)
  t.regex(text, /^reproduce: spsc gate a b --max p99=\+10%$/m)
  t.false(gateText([{ ...REGRESSED, verdict: 'pass' }], 'x').includes('reproduce'))
})

test('annotations and JUnit escape what stands in names', (t) => {
  const annotations = githubAnnotations([REGRESSED, UNKNOWN])
  t.regex(annotations, /^::error title=spsc gate%3A response\.p99::.*\+31\.0%25/m)
  t.regex(annotations, /^::warning /m)
  t.is(annotations.trimEnd().split('\n').length, 2)
  const xml = junit([REGRESSED, UNKNOWN, { ...REGRESSED, verdict: 'pass' }])
  t.regex(xml, /tests="3" failures="1" errors="1"/)
  t.true(xml.includes('&lt;b&gt;&amp;&quot;'))
  t.false(xml.includes('\u001b'))
})
