import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRecord } from '@spsc/core'
import { EXPORTERS } from '@spsc/report'
import test from 'ava'
import { BRIEF, filesOf, folder, folderWith, refused, run, spsc, storedRecords } from './spsc.js'

const FORMATS = Object.keys(EXPORTERS)

const read = (cwd: string, file: string) => readFileSync(join(cwd, file), 'utf8')
const lines = (of: string) => of.split('\n').filter((line) => line !== '')

test('run exports its records in every format, beside what it stores', async (t) => {
  const cwd = folder(t)
  const exports = FORMATS.flatMap((format) => ['--out', `${format}=mine.${format}`])
  const { stdout } = await run(t, ['--name', 'mine', '--out', 'place', ...exports, '--replicates', '2'], { cwd })
  const records = storedRecords(cwd, 'mine', 'place')
  t.is(read(cwd, 'mine.csv'), read(cwd, 'place/mine_metrics.csv'))
  t.is(read(cwd, 'mine.md').split('\n')[0], '# mine — Results')
  t.deepEqual(JSON.parse(read(cwd, 'mine.json')), records)
  t.deepEqual(lines(read(cwd, 'mine.ndjson')).map(parseRecord), records)
  t.is(lines(read(cwd, 'mine.hlog')).filter((line) => line.startsWith('Tag=baseline/sab,')).length, 2)
  t.regex(stdout, /^baseline /m)
})

test('an export to - is all of stdout', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['--name', 'mine', '--out', 'csv=-'], { cwd })
  t.is(stdout, read(cwd, 'result_data/mine_metrics.csv'))
  const again = await spsc(['report', 'mine', '--out', 'json=-'], { cwd })
  t.deepEqual(JSON.parse(again.stdout), storedRecords(cwd, 'mine'))
})

test('an export in the environment does without a flag, and a folder of a flag goes with it', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--out', 'place', '--quiet'], { cwd, env: { SPSC_OUT: 'json=mine.json' } })
  t.deepEqual(JSON.parse(read(cwd, 'mine.json')), storedRecords(cwd, 'mine', 'place'))
})

for (const [what, outs, message] of [
  [
    'an unknown format',
    ['svg=x'],
    /--out is "svg=x"; allowed: a folder, or FORMAT=FILE with csv, hlog, html, json, md, ndjson/,
  ],
  ['a member of every object as format', ['toString=x'], /--out is "toString=x"; allowed: /],
  ['no file', ['csv='], /--out is "csv="; allowed: /],
  ['two folders', ['a', 'b'], /--out names the folders a and b; allowed: one/],
  ['two formats in one file', ['csv=x', 'json=./x'], /--out gives \.\/x to two formats/],
  ['two formats on stdout', ['csv=-', 'json=-'], /--out gives - to two formats/],
  ['a file that holds results', ['csv=result_data/mine_results.ndjson'], /would replace what is stored of a run/],
] as const) {
  const given = outs.flatMap((out) => ['--out', out])
  test(`--out with ${what} is refused`, async (t) => {
    await refused(t, ['run', ...BRIEF, '--name', 'mine', ...given], message)
    await refused(t, ['report', 'mine', ...given], message)
  })
}

test('--json and an export to - are refused together', (t) =>
  refused(t, ['run', ...BRIEF, '--json', '--out', 'csv=-'], /--json and an export to - both want stdout/))

test('a folder may have the name of an export when it is given as a path', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--out', './csv=x', '--quiet'], { cwd })
  t.is(storedRecords(cwd, 'mine', 'csv=x').length, 1)
})

test('a file that cannot be written is said before anything is measured: exit code 3', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'taken'))
  const inRun = (out: string, message: RegExp) => refused(t, ['run', ...BRIEF, '--out', out], message, { cwd, code: 3 })
  await inRun('csv=no/where.csv', /--out csv=no\/where\.csv can't be written: ENOENT/)
  await inRun('hlog=taken', /--out hlog=taken can't be written: EISDIR/)
})

test('looking whether a file can be written leaves it as it was', async (t) => {
  const cwd = folderWith(t, { 'mine.csv': 'mine\n' })
  await refused(t, ['run', ...BRIEF, '--out', 'csv=mine.csv', '--out', 'json=no/x'], /no\/x/, { cwd, code: 3 })
  t.is(read(cwd, 'mine.csv'), 'mine\n')
})

test('an export that is lost on a full device is said, and the run is kept', async (t) => {
  const cwd = folder(t)
  const args = ['--name', 'mine', '--quiet', '--out', 'csv=/dev/full', '--out', 'json=mine.json']
  const { code, stderr } = await spsc(['run', ...BRIEF, ...args], { cwd })
  t.is(code, 3)
  t.regex(stderr, /^\[spsc\] \[cli\] --out csv=\/dev\/full can't be written: ENOSPC.*\n$/)
  t.is(storedRecords(cwd, 'mine').length, 1)
  t.true(existsSync(join(cwd, 'mine.json')))
})

const HOSTILE = '../../<img src=x onerror=alert(1)>\u001b[31m=cmd|calc'

test('a name with markup, control codes or a way out of the folder is harmless in every export', async (t) => {
  const file = JSON.stringify({ name: 'mine', scenarios: { [HOSTILE]: {}, '=1+1': {} } })
  const cwd = folderWith(t, { 'a.json': file })
  const exports = FORMATS.flatMap((format) => ['--out', `${format}=mine.${format}`])
  const { stdout, stderr } = await run(t, ['a.json', ...exports], { cwd })
  for (const text of [stdout, stderr, ...FORMATS.map((format) => read(cwd, `mine.${format}`))]) {
    t.false(text.includes('\u001b'))
  }
  t.regex(read(cwd, 'mine.csv'), /^'=1\+1,/m)
  // In a code span it is text.
  t.notRegex(read(cwd, 'mine.md').replace(/`[^`\n]*`/g, ''), /(?<!\\)<img/)
  t.notRegex(read(cwd, 'mine.html'), /<img/)
  t.deepEqual(filesOf(cwd, '.').sort(), [
    'a.json',
    'mine.csv',
    'mine.hlog',
    'mine.html',
    'mine.json',
    'mine.md',
    'mine.ndjson',
    'result_data',
  ])
})

test('--json prints what the export ndjson writes: no control code of a name reaches the terminal', async (t) => {
  const file = JSON.stringify({ name: 'mine', scenarios: { '\u009b31m\u202e': {} } })
  const cwd = folderWith(t, { 'a.json': file })
  const { stdout } = await run(t, ['a.json', '--json', '--out', 'ndjson=mine.ndjson'], { cwd })
  t.is(stdout, read(cwd, 'mine.ndjson'))
  t.true(stdout.includes('"\\u009b31m\\u202e"'))
})

test('a log of a run that is torn at its end has what is left', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--quiet'], { cwd })
  writeFileSync(join(cwd, 'result_data', 'mine_results.ndjson'), '{"schema":1,"ru', { flag: 'a' })
  const { code, stdout, stderr } = await spsc(['report', 'mine', '--out', 'ndjson=-'], { cwd })
  t.is(code, 0)
  t.is(lines(stdout).length, 1)
  t.regex(stderr, /^\[spsc\] \[report\] .*mine_results\.ndjson: line 2 is skipped: no record, torn or damaged\n$/)
})
