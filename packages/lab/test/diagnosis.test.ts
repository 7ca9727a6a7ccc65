import { CAUSES, type Cause, type CauseName, diagnose } from '@spsc/lab'
import test from 'ava'
import { type MadeUp, record } from './made-up.js'

const MS = 1e6
const REFERENCE = [record(), record(), record()]

const each = (extra: NonNullable<MadeUp['windows']>[number]) => [extra, extra, extra]

function causes(made: MadeUp, reference = REFERENCE): readonly Cause[] {
  return diagnose([record(made)], reference).causes
}

/** One made-up run for each cause: its deciding signal, and the dose that is to be found. */
const CASES: Readonly<Record<CauseName, readonly [made: MadeUp, dose?: Partial<Record<'ns' | 'share', number>>]>> = {
  'consumer-stall': [
    { windows: each({ s_cpu: 10 * MS }), longestNs: 20 * MS, consumer: { cpuNs: 90 * MS } },
    { ns: 20 * MS },
  ],
  'consumer-sleep': [{ windows: each({ s_off: 10 * MS }), longestNs: 20 * MS }, { ns: 20 * MS }],
  'producer-stall': [{ windows: each({ p_own: 4 * MS }), longestNs: 20 * MS }, { ns: 20 * MS }],
  freeze: [{ windows: each({ p_late: 4 * MS, c_wake: 1 * MS }), longestNs: 20 * MS, lateNs: 60 * MS }, { ns: 20 * MS }],
  steal: [
    { windows: each({ p_late: 4 * MS }), longestNs: 20 * MS, lateNs: 60 * MS, stealNs: 50 * MS },
    { ns: 20 * MS },
  ],
  'slow-service': [{ shift: { s_cpu: 0.3 * MS } }, { ns: 0.3 * MS }],
  'late-pacer': [{ shift: { p_late: 0.5 * MS } }, { ns: 0.5 * MS }],
  'cpu-quota': [
    {
      ...{ windows: each({ p_runq: 20 * MS, c_runq: 30 * MS }), throttledNs: 1500 * MS },
      ...{ producer: { cpuNs: 40 * MS }, consumer: { cpuNs: 20 * MS } },
    },
    { share: 0.02 },
  ],
  overload: [
    { shift: { s_cpu: 60 * MS }, occupancy: 0.99, dropped: 1000, windows: each({ s_cpu: 5 * MS }) },
    { share: 0.99 },
  ],
  'full-queue': [{ dropped: 900, occupancy: 0.1 }, { share: 0.25 }],
  'consumer-contention': [
    { windows: each({ c_runq: 12 * MS }), consumer: { runDelayNs: 400 * MS }, foreignShare: 0.9 },
  ],
  'producer-contention': [
    { windows: each({ p_runq: 12 * MS }), producer: { runDelayNs: 400 * MS }, foreignShare: 0.9 },
  ],
  'shared-cpu': [{ windows: each({ c_runq: 3 * MS, p_runq: 1 * MS }), sameCpu: 1, foreignShare: 0.01 }],
  'slow-wake': [{ windows: each({ c_wake: 2 * MS }) }],
  garbage: [
    {
      ...{ isJavaScript: true, windows: each({ s_cpu: 5 * MS }), longestNs: 10 * MS },
      consumer: { gc: { count: 20, ns: 60 * MS, max_ns: 10 * MS }, cpuNs: 60 * MS },
    },
    { ns: 10 * MS },
  ],
}

for (const [name, [made, dose = {}]] of Object.entries(CASES)) {
  test(`${name} is named by its deciding signal, with its dose`, (t) => {
    const reference = made.isJavaScript ? [record({ isJavaScript: true })] : REFERENCE
    const diagnosis = diagnose([record(made)], reference)
    const [first] = diagnosis.causes
    t.is(first?.name, name as CauseName, JSON.stringify(diagnosis.causes))
    t.is(diagnosis.verdict, 'named')
    t.true((first?.evidence.length ?? 0) > 0)
    for (const [unit, wanted] of Object.entries(dose)) {
      const found = first?.dose?.[unit as 'ns' | 'share'] ?? Number.NaN
      t.true(Math.abs(found / wanted - 1) < 0.1, `${unit} ${found}, wanted ${wanted}`)
    }
  })
}

test('every cause has a case here', (t) => {
  t.deepEqual(Object.keys(CASES).sort(), Object.keys(CAUSES).sort())
})

test('an ordinary run has no measurable harm', (t) => {
  const { verdict, causes: found } = diagnose([record()], REFERENCE)
  t.deepEqual([verdict, found], ['no-harm', []])
  t.is(diagnose([record()]).verdict, 'no-harm')
})

test('an excess of 0.3 ms or less harms nobody', (t) => {
  t.is(diagnose([record({ windows: each({ s_cpu: 0.29 * MS }) })], REFERENCE).verdict, 'no-harm')
  t.is(diagnose([record({ windows: each({ s_cpu: 0.31 * MS }) })], REFERENCE).verdict, 'named')
})

test('one window of three is sporadic and names nothing, two are recurrent', (t) => {
  const stall = { s_cpu: 10 * MS }
  const once = diagnose([record({ windows: [stall, {}, {}] })], REFERENCE)
  t.deepEqual([once.verdict, once.causes[0]?.when], ['sporadic', 'sporadic'])
  const twice = diagnose([record({ windows: [stall, stall, {}] })], REFERENCE)
  t.deepEqual([twice.verdict, twice.causes[0]?.when], ['named', 'recurrent'])
  t.deepEqual(twice.causes[0]?.windows, { voted: 2, of: 3 })
})

test('a thread that waits for its CPU with every item is named, with a reference and without', (t) => {
  const pinnedTogether: MadeUp = { shift: { c_runq: 3 * MS, p_runq: 0.2 * MS }, sameCpu: 1, foreignShare: 0.01 }
  const [first] = causes(pinnedTogether)
  t.like(first, { name: 'shared-cpu', when: 'systematic' })
  t.is(diagnose([record(pinnedTogether)]).causes[0]?.name, 'shared-cpu')
})

test('one burst does not hide what comes again and again', (t) => {
  const stall = { s_cpu: 5 * MS }
  const [first] = causes({ windows: [{ c_runq: 500 * MS }, stall, stall, stall, stall] })
  t.is(first?.name, 'consumer-stall')
})

test('harm of which no part is large enough is unexplained', (t) => {
  const all = { p_late: MS, p_runq: MS, p_own: MS, c_wake: MS, c_runq: MS, s_cpu: MS }
  const spread = Object.fromEntries(Object.keys(all).map((segment) => [segment, 0.28 * MS]))
  t.is(diagnose([record({ windows: each(spread) })], REFERENCE).verdict, 'unexplained')
})

test('two causes at once are both found', (t) => {
  const found = causes({ windows: each({ s_cpu: 8 * MS, p_own: 6 * MS }), shift: { p_late: 0.4 * MS } })
  t.deepEqual(
    found.map(({ name }) => name),
    ['late-pacer', 'consumer-stall', 'producer-stall'],
  )
})

test('a freeze that finds the consumer at work is one cause, a sleep of another length is two', (t) => {
  const frozen = { p_late: 4 * MS }
  const names = (made: MadeUp) => causes(made).map(({ name }) => name)
  t.deepEqual(names({ windows: [frozen, frozen, { s_off: 10 * MS }], longestNs: 20 * MS, lateNs: 40 * MS }), ['freeze'])
})

test('what more than one in ten windows of the reference have of a segment is ordinary, of that segment', (t) => {
  const noisy = record({ windows: [{ c_runq: 3 * MS }, { c_runq: 3 * MS }, {}] })
  const reference = [noisy, record(), record()]
  t.is(diagnose([record({ windows: each({ c_runq: 2 * MS }) })], reference).verdict, 'no-harm')
  t.is(diagnose([record({ windows: each({ c_runq: 4 * MS }) })], reference).verdict, 'named')
  t.is(diagnose([record({ windows: each({ s_cpu: 2 * MS }) })], reference).causes[0]?.name, 'consumer-stall')
})

test('what the reference has as well is no excess', (t) => {
  const stall: MadeUp = { windows: each({ s_cpu: 10 * MS }) }
  t.is(diagnose([record(stall)], [record(stall), record(stall)]).verdict, 'no-harm')
})

test('queueing behind a service that is longer for every item is no stall', (t) => {
  const found = causes({ shift: { s_cpu: 0.4 * MS }, windows: each({ s_cpu: 0.7 * MS }) })
  t.deepEqual(
    found.map(({ name }) => name),
    ['slow-service'],
  )
})

test('without a reference a longer service can not be told, and that is said', (t) => {
  const { verdict, unseen } = diagnose([record({ shift: { s_cpu: 0.3 * MS } })])
  t.is(verdict, 'no-harm')
  t.is(unseen[0]?.command, '--against SCENARIO')
})

test('a queue of JavaScript: contention is told by run delay, a sleep by CPU time that was not used', (t) => {
  const reference = [record({ isJavaScript: true })]
  const contended: MadeUp = {
    isJavaScript: true,
    windows: each({ c_runq: 5 * MS }),
    consumer: { runDelayNs: 200 * MS },
  }
  t.is(causes(contended, reference)[0]?.name, 'consumer-contention')
  const asleep: MadeUp = { isJavaScript: true, windows: each({ s_off: 10 * MS }), longestNs: 20 * MS }
  t.is(causes(asleep, reference)[0]?.name, 'consumer-sleep')
  const { unseen } = diagnose([record(contended)], reference)
  t.true(unseen.some(({ what, command }) => what.includes('c_runq') && command === '--queue native'))
})

test('what a collector was not there for is said, with the command that measures it', (t) => {
  const stall = { windows: each({ s_cpu: 10 * MS }) }
  const blind = diagnose([record({ ...stall, without: ['sched', 'histogram'] })], REFERENCE)
  t.is(blind.causes[0]?.name, 'consumer-stall')
  t.is(blind.causes[0]?.dose, undefined)
  t.true(blind.unseen.some(({ what }) => what.includes('steal')))
  const nothing = diagnose([record({ without: ['ledger'] })], REFERENCE)
  t.like(nothing, { verdict: 'not-measured', reason: 'the ledger collector was not asked for' })
  t.is(nothing.unseen[0]?.command, '--collect histogram,ledger,sched')
})
