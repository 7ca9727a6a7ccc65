import { type Certificate, type MeasuredRecord, unavailable } from '@spsc/core'
import { toMarkdown } from '@spsc/report'
import test from 'ava'
import { certificate, failed, measured } from './records.js'

/** The lines from the heading on. */
function section(records: readonly (MeasuredRecord | ReturnType<typeof failed>)[]): string[] {
  const lines = toMarkdown(records, { name: 't000' }).split('\n')
  const start = lines.indexOf('## Certificate')
  return start === -1 ? [] : lines.slice(start)
}

/** Cells of the first row that begins with this scenario, without the padding. */
function row(lines: readonly string[], scenario: string, nth = 0): string[] {
  const found = lines.filter((line) => line.startsWith(`| ${scenario} `))[nth]
  return (found ?? '').split('|').map((cell) => cell.trim())
}

test('the certificate is the last section, with one row per scenario and queue', (t) => {
  const lines = section([
    measured({ certificate: certificate() }),
    measured({ queue: 'native', certificate: certificate({ floor_ns: 90 }) }),
  ])
  t.deepEqual(row(lines, 'baseline').slice(2, 8), ['sab', '184', '−184', '150', '120', '110'])
  t.deepEqual(row(lines, 'baseline', 1).slice(2, 4), ['native', '90'])
})

test('figures are medians over replicates with their range', (t) => {
  const records = [200, 100, 150].map((floor_ns) => measured({ certificate: certificate({ floor_ns }) }))
  t.is(row(section(records), 'baseline')[3], '150 (100 to 200)')
})

test('the pacer has a row for each length of wait', (t) => {
  const lines = section([measured({ certificate: certificate() })])
  t.deepEqual(row(lines, 'baseline', 1).slice(1, 6), ['baseline', 'sab', '50.0', '55.0', '80.0'])
  t.deepEqual(row(lines, 'baseline', 2).slice(1, 6), ['baseline', 'sab', '1000.0', '60.0', '90.0'])
})

test('what could not be measured is unavailable, and the reason stands below once', (t) => {
  const parts = { floor_ns: unavailable('no *way*'), skew_ns: unavailable('no *way*'), pacer: unavailable('not paced') }
  const lines = section([measured({ certificate: certificate(parts) })])
  t.deepEqual(row(lines, 'baseline').slice(3, 6), ['unavailable', 'unavailable', 'unavailable'])
  t.is(lines.filter((line) => line.includes('late by')).length, 0)
  t.deepEqual(
    lines.filter((line) => line.startsWith('- `baseline`')),
    ['- `baseline` on `sab`: no \\*way\\*', '- `baseline` on `sab`: not paced'],
  )
})

test('a queue without a certificate has a row of reasons', (t) => {
  const none = unavailable('it has none')
  const lines = section([measured({ certificate: none }), measured({ queue: 'other' })])
  t.is(row(lines, 'baseline')[3], 'unavailable')
  t.true(lines.includes('- `baseline` on `sab`: it has none'))
  t.true(lines.includes('- `baseline` on `other`: not stored'))
})

test('a certificate of another make is no reason to fail', (t) => {
  for (const other of [{}, null, 7, { skew_ns: null, pacer: { waits: [null, { wait_ns: 1 }] }, noise: 'loud' }]) {
    const lines = section([measured({ certificate: other as unknown as Certificate })])
    t.is(row(lines, 'baseline')[3], 'unavailable', JSON.stringify(other))
  }
})

test('older records have no such section, nor have failures', (t) => {
  t.deepEqual(section([measured(), failed()]), [])
})
