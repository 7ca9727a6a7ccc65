import assert from 'node:assert/strict'
import test from 'node:test'
import * as clock from '@spsc/core/clock'
import { threadsReadOneClock } from '../suite/clock.js'
import { runSuite } from '../suite/suite.js'

const timeThread = new URL('../process/time-thread.js', import.meta.url)

test('clocks that differ between two threads are noticed', async () => {
  const drifting = new URL('../fixtures/drifting-time-thread.js', import.meta.url)
  await assert.rejects(threadsReadOneClock({ clock, timeThread: drifting }), /more than 0 ns back/)
})

test('every test of the suite is passed, failed or left out', async () => {
  const conformance = (register, { name }) => {
    register(`${name} passes`, async () => {})
    register(`${name} fails`, async () => assert.fail('as it should'))
    register.skip(`${name} is left out (no reason)`, async () => assert.fail('never called'))
  }
  const { passed, failed, skipped } = await runSuite({
    conformance,
    backends: [{ name: 'mine' }],
    clock,
    timeThread,
  })
  assert.deepEqual(passed, ['mine passes', 'clock is the same in two threads'])
  assert.deepEqual(
    failed.map(({ title }) => title),
    ['mine fails'],
  )
  assert.match(failed[0].reason, /as it should/)
  assert.deepEqual(skipped, ['mine is left out (no reason)'])
})
