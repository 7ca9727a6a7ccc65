import { type Certificate, type MeasuredRecord, unavailable } from '@spsc/core'
import { toCsv, toMarkdown, toTable } from '@spsc/report'
import test from 'ava'
import { certificate, latency, measured, withLatency } from './records.js'

/** A replicate with this p50 and floor, in ns; p95 and p99 lie far above. */
function replicate(p50: number, floor: Certificate['floor_ns'], changes: Partial<MeasuredRecord> = {}) {
  const collectors = withLatency(latency(p50, 50_000, 90_000))
  return measured({ collectors, certificate: certificate({ floor_ns: floor }), ...changes })
}

function p50Of(records: readonly MeasuredRecord[]): string {
  const row = toMarkdown(records, { name: 't000' })
    .split('\n')
    .find((line) => line.startsWith('| baseline'))
  return row?.split('|')[2]?.trim() as string
}

test('a percentile below the floor of its record prints the floor, rounded up', (t) => {
  t.is(p50Of([replicate(100, 184)]), '<0.00019')
  t.is(p50Of([replicate(100, 1000)]), '<0.0010')
  t.is(p50Of([replicate(100, 1001)]), '<0.0011')
})

test('a percentile at the floor or above prints as it is', (t) => {
  t.is(p50Of([replicate(184, 184)]), '0.00018')
  t.is(p50Of([replicate(185, 184)]), '0.00018')
})

test('without a floor nothing is hidden', (t) => {
  t.is(p50Of([replicate(100, unavailable('no CPU'))]), '0.00010')
  t.is(p50Of([measured({ collectors: withLatency(latency(100)) })]), '0.00010')
  const hostile = { floor_ns: 'high' } as unknown as Certificate
  t.is(p50Of([measured({ collectors: withLatency(latency(100)), certificate: hostile })]), '0.00010')
})

test('a median is below the floor where readings in its middle are', (t) => {
  t.is(p50Of([replicate(5000, 2000), replicate(100, 2000), replicate(200, 2000)]), '<0.0020 (<0.0020–0.0050)')
  t.is(p50Of([replicate(100, 2000), replicate(6000, 2000)]), '<0.0040 (<0.0020–0.0060)')
})

test('a median is exact where all in its middle and above were measured', (t) => {
  t.is(p50Of([replicate(5000, 2000), replicate(100, 2000), replicate(7000, 2000)]), '0.0050 (<0.0020–0.0070)')
})

test('a high floor of one replicate may hide where the median and the ends of the range lie', (t) => {
  t.is(p50Of([replicate(1000, 10), replicate(2000, 10), replicate(1500, 9000)]), '<0.0020 (<0.0010–<0.0090)')
})

test('the end of a range is exact where no bound could lie beyond it', (t) => {
  t.is(p50Of([replicate(100, 2000), replicate(6000, 10), replicate(9000, 10)]), '0.0060 (<0.0020–0.0090)')
})

test('the terminal table says what < means, where there is one', (t) => {
  const text = toTable([replicate(100, 184)])
  t.regex(text, /^baseline +<0\.00019 +0\.050/m)
  t.regex(text, /\n<: below what this run could measure; see the certificate in the report\.\n$/)
  t.true(text.split('\n').every((line) => line.length <= 80))
  t.notRegex(toTable([replicate(200, 184)]), /</)
})

test('the CSV keeps the number and has the floor beside it', (t) => {
  const cells = (record: MeasuredRecord) => {
    const [header, row] = toCsv([record])
      .split('\n')
      .map((line) => line.split(','))
    return ['p50_ms', 'floor_ns'].map((name) => row?.[header?.indexOf(name) as number])
  }
  t.deepEqual(cells(replicate(100, 184.5)), ['0.000100', '184.5'])
  t.deepEqual(cells(replicate(100, unavailable('no CPU'))), ['0.000100', 'unavailable'])
  t.deepEqual(cells(measured({ collectors: withLatency(latency(100)) })), ['0.000100', 'unavailable'])
})
