import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { createLogger } from '../logger.js'

function fileFor(t) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-log-'))
  t.after(() => rmSync(folder, { recursive: true }))
  return join(folder, 'test.log')
}

test('the example runs, and every line is in the file or counted as dropped', () => {
  const program = fileURLToPath(new URL('../index.js', import.meta.url))
  const output = execFileSync(process.execPath, [program, '5000'], { encoding: 'utf8', timeout: 30_000 })
  const [burst, stream, exit] = output.trim().split('\n')
  assert.match(burst, /^drop-newest: 5000 lines, \d+ written, \d+ dropped$/)
  assert.equal(stream, 'block, as a stream: 5000 lines, 5000 written, 0 dropped')
  assert.equal(exit, 'at exit: 2 lines, 2 written, 0 dropped')
})

test('a queue that is full drops lines, and counts them exactly', (t) => {
  const file = fileFor(t)
  const logger = createLogger({ file, capacity: 64 })
  let dropped = 0
  for (let i = 0; i < 1000; i++) if (!logger.log(`line ${i}`)) dropped++
  assert.deepEqual(logger.close(), { written: 1000 - dropped, dropped })
  assert.ok(dropped > 0)
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n')
  assert.equal(lines.length, 1000 - dropped)
  assert.equal(lines[0], 'line 0')
})

test('with the policy block nothing is dropped', (t) => {
  const file = fileFor(t)
  const logger = createLogger({ file, capacity: 64, onFull: 'block' })
  for (let i = 0; i < 1000; i++) logger.log(`line ${i}`)
  assert.deepEqual(logger.close(), { written: 1000, dropped: 0 })
  const lines = Array.from({ length: 1000 }, (_, i) => `line ${i}\n`).join('')
  assert.equal(readFileSync(file, 'utf8'), lines)
})
