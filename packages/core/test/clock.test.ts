import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { monotonicClock, nowNs, storeNs } from '@spsc/core'
import test from 'ava'
import fc from 'fast-check'
import { fixture } from './fixtures.js'

test('the clock never goes back', (t) => {
  let last = monotonicClock.now()
  for (let i = 0; i < 10_000; i++) {
    const now = monotonicClock.now()
    if (now < last) return t.fail(`${now} after ${last}`)
    last = now
  }
  t.pass()
})

test('the clock is one in all threads', async (t) => {
  const thread = new Worker(new URL(fixture('time-thread.js')))
  t.teardown(() => thread.terminate())
  for (let round = 0; round < 100; round++) {
    const before = monotonicClock.now()
    thread.postMessage('what time is it?')
    const [there] = (await once(thread, 'message')) as [bigint]
    const after = monotonicClock.now()
    if (there < before || after < there) return t.fail(`${there} there is not within ${before} and ${after} here`)
  }
  t.is(monotonicClock.errorNs, 0)
})

test('the clock as a number is the same clock', (t) => {
  for (let i = 0; i < 1000; i++) {
    const before = monotonicClock.now()
    const now = nowNs()
    const after = monotonicClock.now()
    if (before > BigInt(now) || BigInt(now) > after) return t.fail(`${now} is not within ${before} and ${after}`)
  }
  t.pass()
})

test('a number of nanoseconds is stored as the u64 that it is, without its fraction', (t) => {
  const column = new BigUint64Array(3)
  const halves = new Uint32Array(column.buffer)
  const ns = fc.oneof(
    fc.maxSafeNat(),
    fc.double({ min: 0, max: 2 ** 53, noNaN: true }),
    fc.constantFrom(0, 2 ** 32 - 1, 2 ** 32, 2 ** 53),
  )
  fc.assert(
    fc.property(ns, (value) => {
      storeNs(halves, 1, value)
      return column[1] === BigInt(Math.floor(value)) && column[0] === 0n && column[2] === 0n
    }),
  )
  t.pass()
})
