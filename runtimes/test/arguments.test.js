import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import test from 'node:test'
import { fileURLToPath } from 'node:url'

const run = fileURLToPath(new URL('../run.js', import.meta.url))

test('an unknown runtime is refused with the names of those that there are', () => {
  const { status, stderr } = spawnSync(process.execPath, [run, 'bun', 'denno'], { encoding: 'utf8', timeout: 30_000 })
  assert.equal(status, 2)
  assert.match(stderr, /^\[spsc\] \[runtimes\] no runtime is called denno; allowed: node20, .*deno, bun, chromium;/)
})
