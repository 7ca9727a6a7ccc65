import assert from 'node:assert/strict'
import { execFile, spawnSync } from 'node:child_process'
import test from 'node:test'
import { promisify } from 'node:util'

const lacking = process.platform !== 'linux' || spawnSync('g++', ['--version']).status !== 0

test('samples go from C++ to JavaScript and back', { skip: lacking && 'needs Linux and g++' }, async () => {
  const program = new URL('../index.js', import.meta.url).pathname
  const { stdout } = await promisify(execFile)(process.execPath, [program, '3000000'], { timeout: 60_000 })
  assert.match(
    stdout,
    /^capture: \d+ M samples\/s, sum -?\d+ at both ends\nplay: \d+ M samples\/s, sum \d+ at both ends\n$/,
  )
})
