import test from 'ava'
import { judge, ratios, referencesOf } from '../js/compare.js'
import { MICROSECONDS, MILLIONS_A_SECOND } from '../js/lib/kinds.js'
import { tables } from '../js/tables.js'

const row = (peer: string, configuration: string, values: number[], figure = MILLIONS_A_SECOND) => ({
  peer: { name: peer },
  configuration,
  workload: { figure },
  missing: undefined as string | undefined,
  samples: values.map((value, index) => ({ round: index + 1, value, roundTripNs: 100 })),
})

test('a figure is a rate in millions a second, or a time in microseconds', (t) => {
  const sample = { items: 500, ns: 1_000_000 }
  t.is(MILLIONS_A_SECOND.of(sample), 0.5)
  t.is(MICROSECONDS.of(sample), 2)
})

test('a ratio is taken within a round, to the best configuration of that round', (t) => {
  const rows = [row('spsc', 'a', [10, 20]), row('other', 'x', [1, 4]), row('other', 'y', [2, 3])]
  t.deepEqual(ratios(rows[0], rows, { peer: 'other' }), [5, 5])
  t.deepEqual(ratios(rows[0], rows, { peer: 'other', configuration: 'x' }), [10, 5])
})

test('of times, the best is the lowest', (t) => {
  const rows = [
    row('spsc', 'a', [1], MICROSECONDS),
    row('other', 'x', [4], MICROSECONDS),
    row('other', 'y', [2], MICROSECONDS),
  ]
  t.deepEqual(ratios(rows[0], rows, { peer: 'other' }), [0.5])
})

test('a round that lacks one of the two gives no ratio', (t) => {
  const rows = [row('spsc', 'a', [10, 20]), row('other', '', [1])]
  t.deepEqual(ratios(rows[0], rows, { peer: 'other' }), [10])
})

test('the median decides whether a mark is met, and the rounds that meet it are counted', (t) => {
  const rows = [row('spsc', 'a', [1, 2, 3]), row('other', '', [1, 1, 1])]
  const reference = { peer: 'other' }
  t.like(judge({ ours: 'a', atLeast: 2, reference }, rows), { met: true, rounds: 2 })
  t.like(judge({ ours: 'a', atLeast: 2.5, reference }, rows), { met: false, rounds: 1 })
  t.like(judge({ ours: 'a', atMost: 2, reference }, rows), { met: true, rounds: 2 })
})

test('a mark that lacks one side is not measured, with the reason', (t) => {
  const mark = { ours: 'a', atLeast: 2, reference: { peer: 'other' } }
  t.deepEqual(judge(mark, []), { unmeasured: 'spsc is not in this run' })
  t.deepEqual(judge(mark, [row('spsc', 'a', [1])]), { unmeasured: 'other is not in this run' })
  t.deepEqual(judge(mark, [{ ...row('spsc', 'a', []), missing: 'too old' }]), { unmeasured: 'too old' })
})

test('references are told apart by peer and configuration, each once', (t) => {
  const [whole, one] = [{ peer: 'p' }, { peer: 'p', configuration: 'c' }]
  t.deepEqual(referencesOf([{ reference: whole }, { reference: one }, { reference: whole }]), [whole, one])
})

test('the tables list the best first, then who is unavailable, then the marks', (t) => {
  const rows = [
    row('other', '', [1, 1, 1]),
    row('spsc', 'a', [2, 4, 3]),
    { ...row('third', 'b', []), missing: 'not here' },
  ]
  const marks = [{ ours: 'a', atLeast: 3, reference: { peer: 'other' } }]
  t.is(
    tables({ figure: MILLIONS_A_SECOND, marks }, rows),
    [
      '          M items/s          × other            word round trip, ns',
      'spsc, a   3.00 (2.00–4.00)   3.00 (2.00–4.00)   100 (100–100)',
      'other     1.00 (1.00–1.00)   1.00 (1.00–1.00)   100 (100–100)',
      'third, b: unavailable: not here',
      '',
      'mark             ratio',
      'a: ≥ 3 × other   3.00 (2.00–4.00)   met   2 of 3 rounds',
    ].join('\n'),
  )
})
