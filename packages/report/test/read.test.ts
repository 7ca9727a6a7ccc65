import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readRecords } from '@spsc/report'
import test from 'ava'
import { failed, measured } from './records.js'

const dir = mkdtempSync(join(tmpdir(), 'spsc-read-'))
test.after.always(() => rmSync(dir, { recursive: true }))

function stored(name: string, content: string): string {
  const path = join(dir, name)
  writeFileSync(path, content)
  return path
}

const ok = JSON.stringify(measured())
const bad = JSON.stringify(failed({ replicate: 2 }))

test('one record a line, in the order stored', async (t) => {
  const { records, skipped } = await readRecords(stored('good', `${ok}\n${bad}\n`))
  t.deepEqual(records, [measured(), failed({ replicate: 2 })])
  t.deepEqual(skipped, [])
})

test('a replicate that was measured again stands once, as it came out last', async (t) => {
  const first = JSON.stringify(failed())
  const { records } = await readRecords(stored('again', `${first}\n${bad}\n${ok}\n`))
  t.deepEqual(records, [measured(), failed({ replicate: 2 })])
})

test('a torn last line is skipped and its number given', async (t) => {
  const { records, skipped } = await readRecords(stored('torn', `${ok}\n${bad.slice(0, 40)}`))
  t.is(records.length, 1)
  t.deepEqual(skipped, [2])
})

test('a last line that lacks only its line feed is a record', async (t) => {
  const { records, skipped } = await readRecords(stored('unterminated', ok))
  t.is(records.length, 1)
  t.deepEqual(skipped, [])
})

test('a damaged line in the middle costs that line alone', async (t) => {
  const { records, skipped } = await readRecords(stored('damaged', `${ok}\n{"schema":1}\nnull\n\n${bad}\n`))
  t.is(records.length, 2)
  t.deepEqual(skipped, [2, 3])
})

test('a line separator inside a name does not cut the line', async (t) => {
  const record = measured({ scenario: 'a\u2028b' })
  t.deepEqual((await readRecords(stored('separator', `${JSON.stringify(record)}\n`))).records, [record])
})

test('an empty file holds no records', async (t) => {
  t.deepEqual(await readRecords(stored('empty', '')), { records: [], skipped: [] })
})

test('a newer schema is refused, with the line', async (t) => {
  const path = stored('newer', `${ok}\n${JSON.stringify({ ...measured(), schema: 2 })}\n`)
  await t.throwsAsync(readRecords(path), {
    code: 'ERR_OUTPUT',
    message: /newer:2 has schema 2; allowed: up to 1; update/,
  })
})

test('a missing file is named', async (t) => {
  await t.throwsAsync(readRecords(join(dir, 'none')), { code: 'ERR_OUTPUT', message: /none can't be read: ENOENT/ })
})
