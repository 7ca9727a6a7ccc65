import { readdirSync, readFileSync } from 'node:fs'
import type { ScenarioInput } from '@spsc/core'
import { histogram } from '@spsc/metrics'
import test from 'ava'
import { delivered, type Item, runOf, traceOf } from './trace.js'

async function collect(items: readonly Item[], settings: ScenarioInput = {}) {
  const collector = histogram()
  collector.start(runOf(traceOf(items), settings))
  const data = await collector.stop()
  if ('unavailable' in data) throw new Error(data.unavailable)
  return data
}

test('latency is sent to popped, response is due to done', async (t) => {
  const data = await collect([delivered(1000n, 60n, 990n), delivered(2000n, 80n, 1900n)])
  t.like(data.latency, { n: 2, min_ns: 60, max_ns: 80 })
  t.like(data.response, { n: 2, min_ns: 70, max_ns: 180 })
  t.like(data, { dropped: 0, lost: 0, clamped: 0, negative: { latency: 0, response: 0 } })
})

test('a dropped row is counted and has no latency', async (t) => {
  const data = await collect([delivered(1000n, 60n), { due: 2000n, sent: 2000n }, delivered(3000n, 70n)])
  t.like(data.latency, { n: 2 })
  t.is(data.dropped, 1)
})

test('a row that was pushed and never popped is counted as lost', async (t) => {
  const data = await collect([delivered(1000n, 60n), { due: 2000n, sent: 2000n, pushed: 2001n }])
  t.like(data.latency, { n: 1 })
  t.is(data.lost, 1)
})

test('a negative latency is counted apart and never wraps', async (t) => {
  const data = await collect([
    delivered(1000n, 60n),
    { due: 2100n, sent: 2000n, pushed: 2001n, popped: 1995n, done: 2001n },
  ])
  t.like(data.latency, { n: 1, max_ns: 60 })
  t.deepEqual(data.negative, { latency: 1, response: 1 })
})

test('a latency beyond the range is counted as clamped', async (t) => {
  const data = await collect([delivered(1n, 2n ** 60n)])
  t.is(data.clamped, 2)
})

test('the response is unavailable where the intended time was not taken', async (t) => {
  const data = await collect([{ sent: 1000n, pushed: 1001n, popped: 1060n, done: 1061n }])
  t.like(data.latency, { n: 1 })
  t.deepEqual(data.response, { unavailable: 'no item has both due and done' })
})

test('no rows: unavailable, with the reason', async (t) => {
  t.deepEqual((await collect([])).latency, { unavailable: 'no item was sampled' })
})

test('only drops: unavailable, with the reason', async (t) => {
  const data = await collect([{ due: 1n, sent: 1n }])
  t.deepEqual(data.latency, { unavailable: 'none of the 1 sampled items was delivered' })
  t.is(data.dropped, 1)
})

test('on time are the items done by the deadline from when they were due, of all that were offered', async (t) => {
  const items = [
    delivered(10_000n, 2000n),
    delivered(20_000n, 2001n),
    // Early by the latency, late by the response.
    delivered(31_500n, 1000n, 30_000n),
    { due: 40_000n, sent: 40_000n },
    { due: 50_000n, sent: 50_000n, pushed: 50_001n },
  ]
  t.deepEqual((await collect(items, { deadlineUs: 2 })).on_time, { deadline_ns: 2000, n: 1, of: 5 })
  t.deepEqual((await collect(items, { deadlineUs: 2.001 })).on_time, { deadline_ns: 2001, n: 2, of: 5 })
})

test('without a deadline or without items nothing is said to be on time', async (t) => {
  t.deepEqual((await collect([delivered(1n, 2n)])).on_time, { unavailable: 'the scenario has no deadline' })
  t.deepEqual((await collect([], { deadlineUs: 2 })).on_time, { unavailable: 'no item was sampled' })
  const undue = { sent: 1000n, pushed: 1001n, popped: 1060n, done: 1061n }
  t.deepEqual((await collect([undue], { deadlineUs: 2 })).on_time, { unavailable: 'no item has both due and done' })
})

test('stopped without start: unavailable', async (t) => {
  t.deepEqual(await histogram().stop(), { unavailable: 'it was not started' })
})

test('the main entry imports nothing of node', (t) => {
  const dist = new URL('../dist/', import.meta.url)
  const files = readdirSync(dist).filter((file) => file.endsWith('.js') && file !== 'latencies-collector.js')
  for (const file of files) t.notRegex(readFileSync(new URL(file, dist), 'utf8'), /["']node:/)
})

test('windows hold the items that were due in each second, drops beside them', async (t) => {
  const second = 1_000_000_000n
  const { window_s, windows } = await collect([
    delivered(second, 60n),
    delivered(second + 999_999_999n, 80n),
    { due: second * 2n, sent: second * 2n },
    delivered(second * 2n + 5n, 70n, second * 2n),
    { due: second * 5n, sent: second * 5n },
  ])
  t.is(window_s, 1)
  t.deepEqual(windows, [
    {
      start_s: 0,
      latency: { n: 2, p50_ns: 60, p99_ns: 80, max_ns: 80 },
      response: { n: 2, p50_ns: 60, p99_ns: 80, max_ns: 80 },
      dropped: 0,
    },
    {
      start_s: 1,
      latency: { n: 1, p50_ns: 70, p99_ns: 70, max_ns: 70 },
      response: { n: 1, p50_ns: 75, p99_ns: 75, max_ns: 75 },
      dropped: 1,
    },
    {
      start_s: 4,
      latency: { unavailable: 'no sampled item of this window was delivered' },
      response: { unavailable: 'no sampled item of this window was delivered' },
      dropped: 1,
    },
  ])
})
