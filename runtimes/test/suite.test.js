import assert from 'node:assert/strict'
import test from 'node:test'
import { monotonicClock } from '@spsc/core/clock'
import { threadsReadOneClock } from '../suite/clock.js'
import { runSuite } from '../suite/suite.js'

const clockWorker = new URL('../process/time-thread.js', import.meta.url)

test('a clock that differs between two threads is noticed, ahead or behind', async () => {
  for (const offset of [-1_000_000_000n, 1_000_000_000n]) {
    const clock = { ...monotonicClock, now: () => monotonicClock.now() + offset }
    await assert.rejects(threadsReadOneClock(clock, clockWorker), /is not within/)
  }
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
    clock: monotonicClock,
    clockWorker,
  })
  assert.deepEqual(passed, ['mine passes', 'clock is the same in two threads'])
  assert.deepEqual(
    failed.map(({ title }) => title),
    ['mine fails'],
  )
  assert.match(failed[0].reason, /as it should/)
  assert.deepEqual(skipped, ['mine is left out (no reason)'])
})
