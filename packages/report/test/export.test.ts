import { EXPORTERS, isExportFormat } from '@spsc/report'
import test from 'ava'
import { failed, measured } from './records.js'

const records = [measured(), failed({ scenario: 'stuck' })]

test('json is one document, an array of the stored records', (t) => {
  t.deepEqual(JSON.parse(EXPORTERS.json(records)), records)
  t.deepEqual(JSON.parse(EXPORTERS.json([])), [])
})

test('ndjson is a stored record a line', (t) => {
  const lines = EXPORTERS.ndjson(records).trimEnd().split('\n')
  t.deepEqual(
    lines.map((line) => JSON.parse(line)),
    records,
  )
  t.is(EXPORTERS.ndjson([]), '')
})

test('nothing in a name is a line or a command to a terminal in JSON, and it is read back as it was', (t) => {
  const hostile = measured({ scenario: '\u001b[31m \u009b2J \u007f \u2028 \u202e <script>"\\u0041' })
  for (const text of [EXPORTERS.json([hostile]), EXPORTERS.ndjson([hostile])]) {
    t.notRegex(text.replaceAll('\n', ''), /[\p{Cc}\p{Zl}\p{Zp}\p{Cf}]/u)
    t.deepEqual([JSON.parse(text)].flat(), [hostile])
  }
})

test('a format is known by its own name alone', (t) => {
  t.deepEqual(['csv', 'hlog', 'json', 'md', 'ndjson'].filter(isExportFormat).length, 5)
  t.deepEqual(['toString', '__proto__', 'CSV', ''].filter(isExportFormat), [])
})
