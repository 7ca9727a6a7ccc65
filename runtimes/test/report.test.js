import assert from 'node:assert/strict'
import test from 'node:test'
import { render } from '../report.js'

const ran = { passed: ['a', 'b'], failed: [], skipped: [] }

test('a runtime that is not there is said, and is no failure', () => {
  const { text, failed } = render([
    { runtime: 'node20', version: '20.0.0', report: ran },
    { runtime: 'deno', skipped: 'npm has no such package' },
  ])
  assert.equal(failed, 0)
  assert.match(text, /^node20 +20\.0\.0 +2 +0$/m)
  assert.match(text, /^deno +skipped: npm has no such package$/m)
  assert.match(text, /\n2 passed, 0 failed, 0 left out; 1 of 2 runtimes skipped$/)
})

test('what fails and what is left out is named with its reason', () => {
  const report = { passed: [], failed: [{ title: 'sab is empty', reason: 'Error: it is not' }], skipped: ['sab x (y)'] }
  const { text, failed } = render([{ runtime: 'bun', version: '1.0.0', report }])
  assert.equal(failed, 1)
  assert.match(text, /\nbun: sab is empty\nError: it is not\n/)
  assert.match(text, /\nbun: sab x \(y\)\n/)
  assert.match(text, /\n0 passed, 1 failed, 1 left out; 0 of 1 runtimes skipped$/)
})
