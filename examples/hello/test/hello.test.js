import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

test('every item arrives in the other thread', () => {
  const program = fileURLToPath(new URL('../index.js', import.meta.url))
  const output = execFileSync(process.execPath, [program], { encoding: 'utf8', timeout: 30_000 })
  assert.equal(output, 'the other thread sent a total of 50005000\n')
})
