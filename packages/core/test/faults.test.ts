import { type Collector, type Fault, type FaultPlace, loadBackend, type QueueBackend } from '@spsc/core'
import test from 'ava'
import { LAMPORT } from './fixtures.js'
import { measure, trace } from './measure.js'
import type { Row } from './rows.js'

const lamport = await loadBackend({ module: LAMPORT })

const NS = 8e6
const STRETCH: Record<FaultPlace, (row: Row) => bigint> = {
  pacer: ({ due, woke }) => woke - due,
  producer: ({ woke, sent }) => sent - woke,
  queue: ({ sent, popped }) => popped - sent,
  service: ({ popped, done }) => done - popped,
}

for (const at of Object.keys(STRETCH) as FaultPlace[]) {
  for (const how of ['sleep', 'spin'] as const) {
    test.serial(`a ${how} in ${at} makes that stretch of an item long, now and then`, async (t) => {
      const faults = [{ at, how, ns: NS, everyNs: 40e6 }]
      const { measured, rows } = await trace(lamport, { pacing: 'deadline', prodIntervalUs: 1000 }, { faults })
      const long = rows.filter((row) => STRETCH[at](row) >= NS)
      t.true(long.length >= 2, `${long.length} of ${rows.length} items`)
      t.true(long.length < rows.length)
      t.true(measured.warnings.includes(`a fault was put in: ${how} of 8 ms in ${at} every 40 ms`))
    })
  }
}

const GOOD: Fault = { at: 'service', how: 'spin', ns: 1e6, everyNs: 1e7 }

for (const [change, allowed] of [
  [{ at: 'moon' }, 'at is moon; allowed: pacer, producer, queue, service'],
  [{ how: 'pray' }, 'how is pray; allowed: sleep, spin'],
  [{ ns: 0 }, 'ns is 0; allowed: an integer of nanoseconds from 1 to 10000000000'],
  [{ everyNs: 1.5 }, 'everyNs is 1.5; allowed: an integer of nanoseconds from 1 to 10000000000'],
] as const) {
  test(`a fault that can't be is refused: ${allowed}`, async (t) => {
    const faults = [{ ...GOOD, ...change } as Fault]
    const error = await t.throwsAsync(measure(lamport, {}, { faults }), { code: 'ERR_OPTION' })
    t.true(error?.message.endsWith(allowed), error?.message)
  })
}

test('a fault of the pace is refused where there is none', async (t) => {
  const faults = [{ ...GOOD, at: 'pacer' } as const]
  await t.throwsAsync(measure(lamport, { prodIntervalUs: 0 }, { faults }), { code: 'ERR_OPTION' })
})

test('a backend with threads of its own that puts no faults in is refused, not measured without', async (t) => {
  const backend: QueueBackend = { ...lamport, drive: () => Promise.reject(new Error('it was driven')) }
  await t.throwsAsync(measure(backend, {}, { faults: [GOOD] }), { code: 'ERR_CAPABILITY' })
})

/** Whether the trace of a run with this collector has accounts. */
async function hasAccounts(settings: object, wants: Collector['wants']): Promise<boolean> {
  let has = false
  const collector: Collector = {
    name: 'wanting',
    ...(wants !== undefined && { wants }),
    start({ trace }) {
      has = trace.accounts !== undefined
    },
    stop: () => null,
  }
  await measure(lamport, { duration: 0.02, ...settings }, { collectors: [collector] })
  return has
}

test('a trace has accounts where a collector wants them and items are 50 µs apart', async (t) => {
  t.true(await hasAccounts({ prodIntervalUs: 50 }, ['accounts']))
  t.false(await hasAccounts({ prodIntervalUs: 50 }, undefined))
  t.false(await hasAccounts({ prodIntervalUs: 49 }, ['accounts']))
  t.false(await hasAccounts({ prodIntervalUs: 0 }, ['accounts']))
})
