import { type GarbageCollections, isUnavailable, loadBackend } from '@spsc/core'
import test from 'ava'
import { fixture, LAMPORT, MESSAGEPORT } from './fixtures.js'
import { measure } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })
const littering = await loadBackend({ module: fixture('littering-queue.js') })
const messageport = await loadBackend({ module: MESSAGEPORT })

test.serial('collections of garbage are told of the thread and the phase that they began in', async (t) => {
  const { phases } = await measure(littering, { prodIntervalUs: 0, duration: 0.4, warmup: 0.05 })
  t.is(phases.length, 2)
  for (const { javascript, start_ns, end_ns } of phases) {
    const gc = javascript?.producer.gc as GarbageCollections
    t.true(gc.count > 0 && gc.max_ns > 0 && gc.max_ns <= gc.ns, JSON.stringify(gc))
    // A phase begins a settling time before its first offer.
    t.true(gc.ns < end_ns - start_ns + 1e8)
  }
})

test.serial('a thread that blocks has no event-loop delay, and says why', async (t) => {
  const { phases } = await measure(lamport, {})
  const { producer, consumer } = phases[0]?.javascript ?? {}
  for (const thread of [producer, consumer]) {
    t.false(isUnavailable(thread?.gc))
    t.regex(JSON.stringify(thread?.event_loop_delay), /^\{"unavailable":"the thread blocks/)
  }
})

test.serial('a thread that waits on its event loop has a delay', async (t) => {
  const { phases } = await measure(messageport, { duration: 0.3 })
  const { producer, consumer } = phases[0]?.javascript ?? {}
  const delay = consumer?.event_loop_delay
  if (delay === undefined || isUnavailable(delay)) return t.fail(delay?.unavailable)
  t.true(delay.n > 0)
  t.true(0 <= delay.p50_ns && delay.p50_ns <= delay.p99_ns && delay.p99_ns <= delay.max_ns, JSON.stringify(delay))
  // It drops, so it never waits for room.
  t.true(isUnavailable(producer?.event_loop_delay))
})

test.serial('a pipeline of no JavaScript tells nothing of it', async (t) => {
  const thread = { pid: 1, tid: 1 }
  const counts = { offered: 1, delivered: 1, dropped: 0, outOfOrder: 0, scheduled: 1 }
  const run = async () => ({ ...counts, startNs: 1n, offersEndNs: 2n, endNs: 3n })
  const pipeline = { producer: thread, consumer: thread, run, stop: async () => {} }
  const { phases } = await measure({ ...lamport, drive: async () => pipeline }, {})
  t.false('javascript' in (phases[0] ?? {}))
})
