import { toCsv } from '@spsc/report'
import test from 'ava'
import { row } from './csv-row.js'
import { failed, latency, measured, withLatency } from './records.js'

test('the header begins with the columns that are kept', (t) => {
  const expected = 'scenario,queue,replicate,p50_ms,p95_ms,p99_ms,ops_s,drop_rate,offered,delivered,dropped,status,'
  t.true(toCsv([]).startsWith(expected))
})

test('one row per replicate', (t) => {
  const csv = toCsv([measured(), measured({ replicate: 2 }), failed({ replicate: 3 })])
  t.deepEqual(
    [1, 2, 3].map((number) => row(csv, number).replicate),
    ['1', '2', '3'],
  )
})

test('a measured replicate', (t) => {
  t.true(toCsv([measured()]).includes('\nbaseline,sab,1,0.060000,0.122000,0.299000,447.2,0,4470,4470,0,ok,,'))
  t.like(row(toCsv([measured({ rate_cause: 'pacer' }, { queueCap: 8, pinConsumer: 'last' })])), {
    max_ms: '9.000000',
    response_p50_ms: '0.060000',
    response_p95_ms: '0.122000',
    rate_ratio: '0.4472',
    rate_cause: 'pacer',
    sampled: '4470',
    planned_ops_s: '1000',
    queue_cap: '8',
    pin_consumer: 'last',
    prod_interval_us: '1000',
    seed: '42',
    started_at: '2025-01-01T00:00:00.000Z',
  })
})

test('one nanosecond is not lost', (t) => {
  t.is(row(toCsv([measured({ collectors: withLatency(latency(1_620_001)) })])).p50_ms, '1.620001')
})

test('what was not measured is unavailable, never 0', (t) => {
  const collectors = { histogram: { latency: { unavailable: 'no item was sampled' }, dropped: 0 } }
  const figures = {
    p50_ms: 'unavailable',
    p99_ms: 'unavailable',
    response_p50_ms: 'unavailable',
    sampled: 'unavailable',
  }
  t.like(row(toCsv([measured({ collectors })])), { ...figures, ops_s: '447.2' })
  t.like(row(toCsv([measured({ collectors: {} })])), figures)
  t.like(row(toCsv([measured({ collectors: { histogram: null } })])), figures)
})

test('a failed replicate has its code and no figures', (t) => {
  t.like(row(toCsv([failed()])), {
    status: 'failed',
    error: 'ERR_PLUGIN_HUNG',
    p50_ms: 'unavailable',
    ops_s: 'unavailable',
    dropped: 'unavailable',
  })
})

test('at interval 0 no rate is planned and nothing is due: empty cells', (t) => {
  const { planned_ops_s: _, rate_ratio: __, ...record } = measured({}, { prodIntervalUs: 0 })
  const empty = { planned_ops_s: '', rate_ratio: '', rate_cause: '', response_p50_ms: '', response_p95_ms: '' }
  t.like(row(toCsv([record])), empty)
})

test('a rate that nothing kept from its plan has no cause', (t) => {
  t.is(row(toCsv([measured()])).rate_cause, '')
})

test('text that a spreadsheet would run is defused', (t) => {
  for (const first of ['=', '+', '-', '@']) {
    const csv = toCsv([measured({ scenario: `${first}cmd|calc` })])
    t.true(csv.includes(`\n'${first}cmd|calc,sab,`))
  }
})

test('text that a terminal would obey is left out, and hides no formula', (t) => {
  const csv = toCsv([measured({ scenario: '\u001b[31m=cmd|calc\u009b2J\u202e' })])
  t.true(csv.includes("\n'=cmd|calc,sab,"))
  t.notRegex(csv.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u)
})

test('a negative number is a number', (t) => {
  t.is(row(toCsv([measured({ seed: -7 })])).seed, '-7')
})

test('commas, quotes and line breaks in a name stay in their cell', (t) => {
  t.true(toCsv([measured({ scenario: 'a,"b"\nc' })]).includes('\n"a,""b""\nc",sab,1,'))
})
