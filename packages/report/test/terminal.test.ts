import { toTable } from '@spsc/report'
import test from 'ava'
import { failed, latency, measured, withLatency } from './records.js'

function replicates(scenario: string, p50s: readonly number[]) {
  return p50s.map((p50, index) => measured({ scenario, replicate: index + 1, collectors: withLatency(latency(p50)) }))
}

function isNarrow(text: string): boolean {
  return text.split('\n').every((line) => line.length <= 80)
}

test("the seed's table, aligned", (t) => {
  t.is(
    toTable([measured(), failed({ scenario: 'stuck' })]),
    [
      'scenario  p50 (ms)  p95 (ms)  p99 (ms)  ops/s   drop',
      'baseline     0.060     0.122     0.299    447  0.000',
      'stuck     failed: ERR_PLUGIN_HUNG',
      '',
    ].join('\n'),
  )
})

test('ranges stand below their medians', (t) => {
  t.is(
    toTable(replicates('baseline', [60_000, 71_000, 55_000])),
    [
      'scenario     p50 (ms)     p95 (ms)     p99 (ms)    ops/s         drop',
      'baseline        0.060        0.120        0.300      447        0.000',
      '          0.055–0.071  0.110–0.142  0.275–0.355  447–447  0.000–0.000',
      '',
    ].join('\n'),
  )
})

test('ranges that do not fit are left out, and it is said', (t) => {
  const text = toTable(replicates('a-scenario-with-quite-a-name', [60_000, 71_000]))
  t.true(isNarrow(text))
  t.notRegex(text, /–/)
  t.regex(text, /ranges are in the report\.\n$/)
})

test('long names and messages are cut to 80 columns', (t) => {
  const scenario = 'x'.repeat(200)
  const text = toTable([measured({ scenario, queue: 'y'.repeat(200) }), failed({ scenario, queue: 'sab' })])
  t.true(isNarrow(text))
  t.regex(text, /x… y+… +0\.060/)
})

test('a cell of a matrix keeps its beginning and its end, which tell it from the others', (t) => {
  const cells = ['affinity-producer', 'affinity-both'].flatMap((name) =>
    [64, 8].map((cap) => measured({ scenario: `${name} prod-interval-us=1000 queue-cap=${cap}` })),
  )
  const text = toTable(cells)
  t.true(isNarrow(text))
  const names = text.split('\n').slice(1, 5)
  t.is(new Set(names).size, 4)
  t.regex(names[0] as string, /^affinity-pr….*queue-cap=64 /)
})

test('a path keeps its end, which says what it is', (t) => {
  const text = toTable([measured({ queue: `./${'x'.repeat(80)}/plugin-ringbuf` }), measured({ queue: 'sab' })])
  t.true(isNarrow(text))
  t.regex(text, /…x+\/plugin-ringbuf +0\.060/)
})

test('no terminal sequence passes', (t) => {
  t.false(toTable([measured({ scenario: '\u001b[31mred\u001b[0m' })]).includes('\u001b'))
})

test('no records: the header alone', (t) => {
  t.is(toTable([]), 'scenario  p50 (ms)  p95 (ms)  p99 (ms)  ops/s  drop\n')
})

test('where names are too long, what every scenario begins with is said once below', (t) => {
  const label = (capacity: number) => `a-scenario-with-a-name prod-interval-us=1000 queue-cap=${capacity}`
  const text = toTable([8, 64].map((capacity, index) => measured({ scenario: label(capacity), cell: index + 1 })))
  t.true(isNarrow(text))
  t.regex(text, /^queue-cap=8 +0\.060/m)
  t.regex(text, /^queue-cap=64 +0\.060/m)
  t.regex(text, /^Every scenario is of a-scenario-with-a-name prod-interval-us=1000\.$/m)
})

test('a name that another begins with keeps its last word', (t) => {
  const long = `${'x'.repeat(50)} ${'y'.repeat(20)}`
  const text = toTable([measured({ scenario: long }), measured({ scenario: `${long} rate=5`, cell: 2 })])
  t.true(isNarrow(text))
  t.regex(text, /^y+ +0\.060/m)
  t.regex(text, /^y+ rate=5 +0\.060/m)
})

test('a table of more rows than asked for is cut, and it is said', (t) => {
  const records = [1, 2, 3].map((cell) => measured({ scenario: `s${cell}`, cell }))
  t.regex(toTable(records, { maxRows: 2 }), /^s2 .*\n1 more row is in the report and the CSV\.\n$/m)
  t.notRegex(toTable(records, { maxRows: 3 }), /more row/)
})
