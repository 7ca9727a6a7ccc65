import { mkdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { folder, folderWith, refused, spsc } from './spsc.js'

const TABLE = `# Two queues

| queue | p99 (ms) |
|---|---|
| ring | 0.2 |
| mutex | 0.4 |
`
const CLAIMED = `${TABLE}\nring is faster than mutex.\n`

test('a claim that its figures do not carry is named with its line, and the exit code is 1', async (t) => {
  const cwd = folderWith(t, { 'notes.md': CLAIMED })
  const { code, stdout, stderr } = await spsc(['lint', 'notes.md'], { cwd })
  t.is(code, 1)
  t.regex(stdout, /^notes\.md:8: single-run: "ring is faster than mutex\."; one figure a row \(line 3\)[^\n]*\n$/)
  t.is(stderr, '[spsc] [lint] 1 finding in 1 file\n')
})

test('a report without such a claim is clean, and so is one without tables or without text', async (t) => {
  const cwd = folderWith(t, { 'a.md': TABLE, 'b.md': 'Nothing was measured.\n', 'c.md': '' })
  const { code, stdout, stderr } = await spsc(['lint', 'a.md', 'b.md', 'c.md'], { cwd })
  t.deepEqual([code, stdout, stderr], [0, '', '[spsc] [lint] 0 findings in 3 files\n'])
})

test('CRLF and a byte order mark change no line number', async (t) => {
  const cwd = folderWith(t, { 'notes.md': `\uFEFF${CLAIMED.replaceAll('\n', '\r\n')}` })
  t.regex((await spsc(['lint', 'notes.md'], { cwd })).stdout, /^notes\.md:8: single-run: /)
})

test('--json prints a finding a line', async (t) => {
  const cwd = folderWith(t, { 'notes.md': CLAIMED })
  const { code, stdout } = await spsc(['lint', '--json', 'notes.md'], { cwd })
  t.is(code, 1)
  t.like(JSON.parse(stdout), { file: 'notes.md', line: 8, rule: 'single-run' })
})

test('--format github prints annotations, their text escaped', async (t) => {
  const cwd = folderWith(t, { 'a,b%.md': CLAIMED.replace('ring is', 'By 50 % ring is') })
  const { code, stdout } = await spsc(['lint', '--format', 'github', 'a,b%.md'], { cwd })
  t.is(code, 1)
  t.regex(stdout, /^::error file=a%2Cb%25\.md,line=8,title=spsc lint%3A single-run::"By 50 %25 ring/)
})

test('--rules lists every rule with an example in 80 columns', async (t) => {
  const { code, stdout } = await spsc(['lint', '--rules'], { cwd: folder(t) })
  t.is(code, 0)
  t.regex(stdout, /^single-run\n {2}rows compared(?:.*\n)+? {2}e\.g\. /m)
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80),
    [],
  )
})

test('names and contents reach the terminal without control codes', async (t) => {
  const cwd = folderWith(t, { 'a\u001b[31m.md': CLAIMED.replaceAll('ring', 'r\u001b[31mi\u202eng') })
  const { code, stdout, stderr } = await spsc(['lint', 'a\u001b[31m.md'], { cwd })
  t.is(code, 1)
  for (const mark of ['\u001b', '\u202e']) t.false((stdout + stderr).includes(mark))
})

test('what is no report is refused, each with what is wrong', async (t) => {
  const cwd = folderWith(t, { 'binary.md': 'a\u0000b' })
  mkdirSync(join(cwd, 'dir.md'))
  writeFileSync(join(cwd, 'huge.md'), '')
  truncateSync(join(cwd, 'huge.md'), 5 * 1024 * 1024)
  for (const [name, message] of [
    ['absent.md', /absent\.md can't be read: ENOENT/],
    ['dir.md', /dir\.md is no file; allowed/],
    ['binary.md', /binary\.md holds bytes that are no text; allowed/],
    ['huge.md', /huge\.md has 5242880 bytes; allowed/],
  ] as const) {
    await refused(t, ['lint', name], message, { cwd })
  }
  await refused(t, ['lint'], /lint needs a file; allowed: .*--rules/, { cwd })
  await refused(t, ['lint', '--json', '--format', 'github', 'x.md'], /--json.*--format|--format.*--json/, { cwd })
})

test('on a terminal a finding is wrapped to 80 columns', async (t) => {
  const cwd = folderWith(t, {
    'notes.md': CLAIMED,
    'tty.mjs': "process.stdout.isTTY = true\nprocess.argv[1] = 'spsc'\n",
  })
  const env = { NODE_OPTIONS: `--import=${join(cwd, 'tty.mjs')}` }
  const { stdout } = await spsc(['lint', 'notes.md'], { cwd, env })
  const lines = stdout.trimEnd().split('\n')
  t.true(lines.length > 1 && lines.every((line) => line.length <= 80), stdout)
  t.true(lines.slice(1).every((line) => line.startsWith('    ')))
})
