import { LEDGER_SEGMENTS, type MeasuredRecord } from '@spsc/core'
import { toCsv, toLedgerTable, toMarkdown } from '@spsc/report'
import test from 'ava'
import { ledger, ORDINARY, WORST } from './ledgers.js'
import { failed, measured } from './records.js'

const stored = (data: unknown, changes: Partial<MeasuredRecord> = {}) =>
  measured({ ...changes, collectors: { ledger: data } })

test('ordinary and worst items by segment, in microseconds, and what the worst are made of', (t) => {
  const [header, name, ordinary, worst, verdict] = toLedgerTable([stored(ledger())]).split('\n')
  t.is(header, 'ledger, µs    total p_late p_runq  p_own c_wake c_runq  s_cpu s_runq  s_off')
  t.is(name, 'baseline on sab: due to done, 4470 items')
  t.is(ordinary, 'median band    96.0   79.7    0.2    2.5    4.5    6.9    2.0    0.0    0.2')
  t.is(worst, 'worst 1 %     999.8   79.7  904.0    2.5    4.5    6.9    2.0    0.0    0.2')
  t.is(verdict, 'The worst are 90 % p_runq: the producer could run, but another thread had its')
})

test('every segment is explained', (t) => {
  const text = toLedgerTable([stored(ledger())])
  for (const segment of LEDGER_SEGMENTS) t.regex(text, new RegExp(`^${segment} +the|^${segment} +in`, 'm'))
})

test('figures are medians over replicates', (t) => {
  const records = [1, 2, 9].map((factor, index) =>
    stored(ledger(ORDINARY, { ...WORST, s_off: factor * 1e6 }), { replicate: index + 1 }),
  )
  t.regex(toLedgerTable(records), /^worst 1 % .* 2000$/m)
})

test('a segment that could not be told apart is a dash, and the one that holds it says so', (t) => {
  const vector = { p_late: 80_000, p_own: 2500, c_wake: 90_000, s_cpu: 2000 }
  const records = [stored(ledger(vector, vector, { holds: { c_wake: ['c_runq'] } }))]
  const text = toLedgerTable(records)
  t.regex(text, /^median band +174\.5 +80\.0 +- +2\.5 +90\.0 +- +2\.0 +- +-$/m)
  t.regex(text, /52 % c_wake \(with c_runq\)/)
  t.regex(toMarkdown(records, { name: 't000' }), /c_runq: its time is in c_wake: the threads read no accounts/)
})

test('sums that do not add up are said to mean nothing', (t) => {
  const text = toLedgerTable([stored(ledger(ORDINARY, WORST, { sums: { items: 4470, mismatches: 3 } }))])
  t.regex(text, /The segments of 3 items do not add up: these figures mean nothing\./)
})

test('a ledger that could not be had says why', (t) => {
  t.regex(toLedgerTable([stored({ unavailable: 'no luck' })]), /^baseline on sab\nunavailable: no luck$/m)
})

test('without a ledger nothing is drawn, whatever else is stored', (t) => {
  for (const records of [[], [measured()], [failed()], [stored(null)], [stored({ worst: 'yes' })]]) {
    t.is(toLedgerTable(records), '')
    t.notRegex(toMarkdown(records, { name: 't000' }), /## Latency ledger/)
  }
})

test('nothing is wider than 80 columns, however large the figures and long the names', (t) => {
  const huge = { ...WORST, s_off: 6e10 }
  const scenario = 'x'.repeat(200)
  const text = toLedgerTable([stored(ledger(ORDINARY, huge), { scenario }), stored(ledger())])
  for (const line of text.split('\n')) t.true(line.length <= 80, line)
  t.regex(text, /^ledger, ms/)
})

test('the columns of the CSV stay as they are', (t) => {
  t.is(toCsv([stored(ledger())]).split('\n')[0], toCsv([measured()]).split('\n')[0])
})
