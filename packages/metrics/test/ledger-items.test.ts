import { createTrace, LEDGER_SEGMENTS, type LedgerSegment, planTrace, seededRandom, type Trace } from '@spsc/core'
import test from 'ava'
import fc from 'fast-check'
import { collectLedger, type Row, rowsOf } from './ledger.js'

/** What the items of a trace are made of together; segments of 0 left out. */
async function segmentsOf(rows: readonly Row[], setting = {}): Promise<Partial<Record<LedgerSegment, number>>> {
  const { segments, sums } = await collectLedger(rowsOf(rows), setting)
  if (sums.mismatches > 0) throw new Error(`${sums.mismatches} sums are wrong`)
  const entries = LEDGER_SEGMENTS.flatMap((segment) => {
    const summary = segments[segment]
    return 'sum_ns' in summary && summary.sum_ns > 0 ? [[segment, summary.sum_ns]] : []
  })
  return Object.fromEntries(entries)
}

const NOTHING = { runDelayAtSent: 0, runDelayAtPushed: 0, runDelayAtPopped: 0, runDelayAtDone: 0 }
const IDLE = { ...NOTHING, cpuAtPopped: 0, cpuAtDone: 0 }

/** A first item long before the others: what it leaves behind is where they count from. */
const FIRST: Row = { due: 1, woke: 1, sent: 1, pushed: 1, popped: 1, done: 1, ...IDLE }

/** What the second of two items is made of. */
function second(row: Row, first = FIRST): Promise<Partial<Record<LedgerSegment, number>>> {
  return segmentsOf([first, row])
}

test('each stretch of an item that meets nobody goes to its own segment', async (t) => {
  const row = { due: 1000, woke: 1100, sent: 1130, pushed: 1140, popped: 1200, done: 1700 }
  const accounts = {
    ...{ runDelayAtSent: 40, runDelayAtPushed: 40, runDelayAtPopped: 25, runDelayAtDone: 125 },
    ...{ cpuAtPopped: 5, cpuAtDone: 305 },
  }
  t.deepEqual(await second({ ...row, ...accounts }), {
    ...{ p_late: 60, p_runq: 40, p_own: 30 },
    ...{ c_wake: 45, c_runq: 25 },
    ...{ s_cpu: 300, s_runq: 100, s_off: 100 },
  })
})

test('run delay beyond the wait for the due time is taken from what follows it', async (t) => {
  const row = { due: 1000, woke: 1100, sent: 1130, pushed: 1140, popped: 1200, done: 1200, ...IDLE }
  t.deepEqual(await second({ ...row, runDelayAtSent: 120, runDelayAtPushed: 120 }), {
    ...{ p_runq: 120, p_own: 10, c_wake: 70 },
  })
})

test('run delay from before an item was due is in no segment', async (t) => {
  const row = { due: 1000, woke: 1010, sent: 1010, pushed: 1010, popped: 1020, done: 1020, ...IDLE }
  t.deepEqual(await second({ ...row, runDelayAtSent: 500, runDelayAtPopped: 500, runDelayAtDone: 500 }), {
    p_runq: 10,
    c_runq: 10,
  })
})

test('an item that waits behind another is charged with what the consumer does for that one', async (t) => {
  const ahead: Row = { due: 100, woke: 100, sent: 100, pushed: 101, popped: 200, done: 1200 }
  const booked = { ...NOTHING, cpuAtPopped: 0, cpuAtDone: 750 }
  const behind: Row = { due: 600, woke: 600, sent: 600, pushed: 601, popped: 1210, done: 1220 }
  const alone = await segmentsOf([FIRST, { ...ahead, ...booked }])
  t.deepEqual(alone, { c_wake: 100, s_cpu: 750, s_off: 250 })
  const both = await segmentsOf([
    FIRST,
    { ...ahead, ...booked },
    { ...behind, ...NOTHING, cpuAtPopped: 750, cpuAtDone: 760 },
  ])
  // 600 of the 1000 ns of service, in the proportion of the whole, then its own.
  t.deepEqual(both, { c_wake: 100 + 10, s_cpu: 750 + 450 + 10, s_off: 250 + 150 })
})

test('an item that is sent late since another was held up is charged with that', async (t) => {
  const held: Row = { due: 100, woke: 110, sent: 1110, pushed: 1120, popped: 1120, done: 1120, ...IDLE }
  const next: Row = { due: 600, woke: 1120, sent: 1130, pushed: 1130, popped: 1130, done: 1130, ...IDLE }
  t.deepEqual(await segmentsOf([FIRST, held]), { p_late: 10, p_own: 1000, c_wake: 10 })
  t.deepEqual(await segmentsOf([FIRST, held, next]), { p_late: 10, p_own: 1000 + 510 + 10 + 10, c_wake: 10 })
})

test('waiting for room is charged with what the consumer does meanwhile', async (t) => {
  const full: Row = { due: 100, woke: 100, sent: 100, pushed: 2100, popped: 150, done: 2050 }
  const next: Row = { due: 1100, woke: 2100, sent: 2100, pushed: 2100, popped: 2110, done: 2110 }
  const rows = [FIRST, { ...full, ...IDLE, cpuAtDone: 1900 }, { ...next, ...IDLE, cpuAtPopped: 1900, cpuAtDone: 1900 }]
  const alone = { c_wake: 50, s_cpu: 1900 }
  // The second half of a push of 2000 ns: 50 of waking up, 1900 of service and 50 of its own.
  t.deepEqual(await segmentsOf(rows, { onFull: 'block' }), {
    p_own: 25,
    c_wake: alone.c_wake + 25 + 10,
    s_cpu: alone.s_cpu + 950,
  })
  t.deepEqual(await segmentsOf(rows, { onFull: 'drop' }), { ...alone, p_own: 1000, c_wake: 60 })
})

test('an item that was dropped has no ledger, and holds up the next all the same', async (t) => {
  const dropped: Row = { due: 100, woke: 110, sent: 1110, ...IDLE }
  const next: Row = { due: 600, woke: 1120, sent: 1120, pushed: 1120, popped: 1120, done: 1120, ...IDLE }
  const data = await collectLedger(rowsOf([FIRST, dropped, next]))
  t.like(data, { items: 2, excluded: { dropped: 1, lost: 0, disordered: 0 } })
  t.like(data.segments, { p_own: { sum_ns: 510 }, p_late: { sum_ns: 10 } })
})

test('an item that was popped before its push had returned adds up', async (t) => {
  const row = { due: 100, woke: 100, sent: 100, pushed: 400, popped: 150, done: 300, ...IDLE, cpuAtDone: 150 }
  t.deepEqual(await second(row), { c_wake: 50, s_cpu: 150 })
})

test('an item with times out of order has no ledger, and is counted', async (t) => {
  const early = { due: 100, woke: 100, sent: 100, pushed: 101, popped: 99, done: 200, ...IDLE }
  t.like(await collectLedger(rowsOf([FIRST, early])), { items: 1, excluded: { dropped: 0, lost: 0, disordered: 1 } })
})

test('without accounts the time is in the segments that say so', async (t) => {
  const row = { due: 1000, woke: 1100, sent: 1130, pushed: 1140, popped: 1200, done: 1700 }
  const data = await collectLedger(rowsOf([row]), { prodIntervalUs: 10 })
  t.like(data.segments, {
    p_late: { sum_ns: 100 },
    p_runq: {
      unavailable: 'its time is in p_late and p_own: accounts of the kernel are taken at intervals of at least 50 µs',
    },
    p_own: { sum_ns: 30 },
    c_wake: { sum_ns: 70 },
    s_cpu: { sum_ns: 500 },
  })
  t.deepEqual(data.holds, { p_late: ['p_runq'], p_own: ['p_runq'], c_wake: ['c_runq'], s_cpu: ['s_runq', 's_off'] })
  t.deepEqual(Object.keys(data.worst.mean_ns), ['p_late', 'p_own', 'c_wake', 's_cpu'])
})

test('where nothing is due the ledger is of the way from sent to done', async (t) => {
  const rows = [{ sent: 1130, pushed: 1140, popped: 1200, done: 1700, waited: 2 }]
  const data = await collectLedger(rowsOf(rows), { prodIntervalUs: 0 })
  t.is(data.total, 'sent to done')
  t.is(data.mean_total_ns, 570)
  t.like(data.segments, { c_wake: { sum_ns: 70 }, s_cpu: { sum_ns: 500 } })
  t.deepEqual(data.segments.p_own, { unavailable: 'at interval 0 nothing is due at a time' })
})

test('among samples, a wait behind items that have no row is their service', async (t) => {
  const rows = [
    { sent: 100, pushed: 101, popped: 150, done: 160, waited: 2 },
    { sent: 500, pushed: 501, popped: 900, done: 910, waited: 0 },
  ]
  const data = await collectLedger(rowsOf(rows), { prodIntervalUs: 0 }, { mean_gap: 64 })
  t.like(data.segments, { c_wake: { sum_ns: 50 }, s_cpu: { sum_ns: 10 + 400 + 10 } })
  t.deepEqual(data.occupancy, { unavailable: 'only samples of the items have rows' })
})

/** Any trace whose clocks go forwards: gaps between the stamps of each thread, accounts that only grow. */
const anyRows = fc
  .array(
    fc.record({
      gaps: fc.array(fc.oneof(fc.nat(50), fc.nat(2 ** 40)), { minLength: 7, maxLength: 7 }),
      booked: fc.array(fc.oneof(fc.constant(0), fc.nat(2 ** 41)), { minLength: 6, maxLength: 6 }),
      outcome: fc.constantFrom('delivered', 'delivered', 'delivered', 'dropped', 'lost'),
      waited: fc.constantFrom(-1, 0, 1, 2, 3),
    }),
    { maxLength: 60 },
  )
  .map((items) => {
    const now = { due: 1, produced: 1, consumed: 1, delayP: 0, delayC: 0, cpu: 0 }
    return items.map(({ gaps, booked, outcome, waited }): Row => {
      const [a, b, c, d, e, f, g] = gaps as [number, number, number, number, number, number, number]
      now.due += a
      const woke = Math.max(now.produced, now.due) + b
      const sent = woke + c
      const pushed = sent + d
      now.produced = outcome === 'dropped' ? sent : pushed
      const book = (account: 'delayP' | 'delayC' | 'cpu', amount = 0) => {
        now[account] += amount
        return now[account]
      }
      const producer = {
        ...{ due: now.due, woke, sent, waited },
        runDelayAtSent: book('delayP', booked[0]),
        runDelayAtPushed: book('delayP', booked[1]),
      }
      if (outcome === 'dropped') return producer
      if (outcome === 'lost') return { ...producer, pushed }
      const popped = Math.max(now.consumed, sent) + e
      now.consumed = popped + f
      return {
        ...{ ...producer, pushed, popped, done: now.consumed },
        cpuAtPopped: book('cpu', booked[2]),
        runDelayAtPopped: book('delayC', booked[3]),
        cpuAtDone: book('cpu', Math.min(f, g)),
        runDelayAtDone: book('delayC', booked[4]),
      }
    })
  })

test('segments of any monotone trace add up to the total, item by item, and none is negative', async (t) => {
  const property = fc.asyncProperty(
    anyRows,
    fc.constantFrom('block', 'drop'),
    fc.boolean(),
    fc.constantFrom(1, 3),
    async (rows, onFull, accounts, mean_gap) => {
      const trace = rowsOf(rows, accounts)
      const delivered = rows.filter(({ done }) => done !== undefined)
      if (delivered.length === 0) return
      // A negative segment would be refused by the histogram that summarizes it.
      const data = await collectLedger(trace, { onFull }, { mean_gap })
      t.is(data.items, delivered.length)
      t.deepEqual(data.sums, { items: delivered.length, mismatches: 0 })
      const sum = Object.values(data.segments).reduce((all, one) => all + ('sum_ns' in one ? one.sum_ns : 0), 0)
      t.is(
        sum,
        delivered.reduce((all, { due, done }) => all + (done as number) - (due as number), 0),
      )
    },
  )
  await fc.assert(property, { numRuns: 300 })
})

/** A million items at random, some of them held up for long. */
function million(): Trace {
  const rows = 1_000_000
  const trace = createTrace(rows + 1, true)
  planTrace(trace, 1, () => 0)
  const { accounts } = trace
  if (accounts === undefined) throw new Error('no accounts')
  const uniform = seededRandom(1)
  const random = (below: number) => Math.floor(uniform() * below)
  let [due, produced, consumed, delayP, delayC, cpu] = [1, 1, 1, 0, 0, 0]
  for (let row = 0; row < rows; row++) {
    due += random(2000)
    const woke = Math.max(produced, due) + random(100)
    const sent = woke + random(row % 1000 === 0 ? 1e6 : 50)
    produced = sent + random(50)
    const popped = Math.max(consumed, sent) + random(100)
    const work = random(row % 5000 === 0 ? 1e7 : 500)
    consumed = popped + work
    const times = { due, woke, sent, pushed: produced, popped, done: consumed }
    for (const [name, at] of Object.entries(times)) trace[name as keyof typeof times][row] = BigInt(at)
    accounts.runDelayAtSent[row] = BigInt(delayP + random(50))
    delayP += random(100)
    accounts.runDelayAtPushed[row] = BigInt(delayP)
    accounts.runDelayAtPopped[row] = BigInt(delayC + random(50))
    accounts.cpuAtPopped[row] = BigInt(cpu)
    delayC += random(work + 100)
    cpu += random(work + 1)
    accounts.runDelayAtDone[row] = BigInt(delayC)
    accounts.cpuAtDone[row] = BigInt(cpu)
    trace.consumerWaited[row] = random(2) * 2
  }
  return trace
}

test('segments add up to the total for every one of a million items', async (t) => {
  const data = await collectLedger(million())
  t.deepEqual(data.sums, { items: 1_000_000, mismatches: 0 })
  const sum = Object.values(data.segments).reduce((all, one) => all + ('sum_ns' in one ? one.sum_ns : 0), 0)
  t.is(sum, Math.round(data.mean_total_ns * 1_000_000))
})
