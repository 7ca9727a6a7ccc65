import {
  type Fault,
  type FaultPlace,
  isUnavailable,
  LEDGER_SEGMENTS,
  type LedgerData,
  type LedgerSegment,
  traceLength,
} from '@spsc/core'
import { ledger } from '@spsc/metrics'
import native, { mutex } from '@spsc/queue-native'
import { testNativeSerially as test } from './available.js'
import { measure, reading } from './measure.js'

const PACED = { pacing: 'deadline', prodIntervalUs: 2000 } as const

for (const backend of [native, mutex]) {
  test(`${backend.name} fills the accounts of both threads, which only grow`, async (t) => {
    const collector = reading(({ accounts = {}, ...trace }) => {
      const rows = traceLength(trace)
      return Object.values(accounts).map((column: BigUint64Array) => {
        const cells = column.subarray(0, rows)
        // Absent is the largest number there is.
        return cells.every((cell, row) => cell < 2n ** 62n && (row === 0 || cell >= (cells[row - 1] as bigint)))
      })
    })
    const wanting = { ...collector, wants: ['accounts'] as const }
    const { collectors } = await measure(backend, PACED, [wanting])
    t.deepEqual(collectors.reading, [true, true, true, true, true, true])
  })

  test(`${backend.name} gives items a ledger of all eight segments, of which every one adds up`, async (t) => {
    const { collectors, delivered } = await measure(backend, PACED, [ledger()])
    const { items, sums, segments, slept, handoffs } = collectors.ledger as LedgerData
    t.is(items, delivered)
    t.deepEqual(sums, { items, mismatches: 0 })
    for (const segment of LEDGER_SEGMENTS) t.false(isUnavailable(segments[segment]), segment)
    t.true(typeof slept === 'number' && slept > 0)
    t.false(isUnavailable(handoffs))
  })

  test(`${backend.name} tells an end that waits awake from one that sleeps`, async (t) => {
    const { collectors } = await measure(backend, { ...PACED, wait: 'spin' }, [ledger()])
    t.is((collectors.ledger as LedgerData).slept, 0)
  })

  test(`${backend.name} has no ledger of the producer at interval 0, and takes no accounts`, async (t) => {
    const { collectors } = await measure(backend, { prodIntervalUs: 0 }, [ledger()])
    const { total, sums, segments } = collectors.ledger as LedgerData
    t.is(total, 'sent to done')
    t.is(sums.mismatches, 0)
    for (const segment of ['p_late', 'p_runq', 'p_own', 'c_runq', 's_off'] as const) {
      t.true(isUnavailable(segments[segment]), segment)
    }
  })
}

const MS = 1e6
/** Where a fault is found. A spin may lose its CPU, and a sleeper get it back late: that is its run delay. */
const FAULTS: readonly [FaultPlace, Fault['how'], LedgerSegment, LedgerSegment][] = [
  ['pacer', 'sleep', 'p_late', 'p_runq'],
  ['pacer', 'spin', 'p_late', 'p_runq'],
  ['producer', 'sleep', 'p_own', 'p_runq'],
  ['producer', 'spin', 'p_own', 'p_runq'],
  ['queue', 'sleep', 'c_wake', 'c_runq'],
  ['queue', 'spin', 'c_wake', 'c_runq'],
  ['service', 'sleep', 's_off', 's_runq'],
  ['service', 'spin', 's_cpu', 's_runq'],
]

for (const [at, how, segment, runDelay] of FAULTS) {
  test(`a ${how} put into the ${at} is found in ${segment}`, async (t) => {
    const faults = [{ at, how, ns: 20 * MS, everyNs: 100 * MS }]
    const settings = { ...PACED, duration: 0.35, onFull: 'block' } as const
    const { collectors, warnings } = await measure(native, settings, [ledger()], 1, faults)
    const { sums, segments } = collectors.ledger as LedgerData
    t.is(sums.mismatches, 0)
    const sum = [segment, runDelay].reduce((all, name) => {
      const summary = segments[name]
      return all + (isUnavailable(summary) ? 0 : summary.sum_ns)
    }, 0)
    // It strikes three times; the last may come after the end on a machine that is busy.
    t.true(sum >= 2 * 20 * MS, `${sum} ns in ${segment} and ${runDelay}`)
    t.true(warnings.includes(`a fault was put in: ${how} of 20 ms in ${at} every 100 ms`))
  })
}
