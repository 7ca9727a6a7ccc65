import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

test('every block is played or counted as dropped, and none is damaged', () => {
  const program = fileURLToPath(new URL('../index.js', import.meta.url))
  const output = execFileSync(process.execPath, [program, '0.5'], { encoding: 'utf8', timeout: 30_000 })
  const [, blocks, played, dropped] = /^(\d+) blocks: (\d+) played, (\d+) dropped; \d+ underruns\n/.exec(output) ?? []
  assert.equal(Number(blocks), 188)
  assert.equal(Number(played) + Number(dropped), 188)
  assert.match(output, /level -9\.\d dBFS, the same sum of frames at both ends\n$/)
})
