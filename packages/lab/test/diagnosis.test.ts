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

test('nothing to read is not measured, and says what would', (t) => {
  const nothing = diagnose([])
  t.like(nothing, { verdict: 'not-measured', reason: 'nothing was measured' })
  t.deepEqual(nothing.unseen, [
    { what: 'everything', reason: 'no replicate has a ledger', command: '--collect histogram,ledger,sched' },
  ])
})

test('what a collector could not measure is said with its own reason', (t) => {
  t.like(diagnose([record({ failed: ['ledger'] })]), { verdict: 'not-measured', reason: 'ledger broke' })
  const reasonOf = (made: MadeUp) =>
    diagnose([record(made)], REFERENCE).unseen.find(({ what }) => what.includes('steal'))?.reason
  t.is(reasonOf({ failed: ['sched'] }), 'sched broke')
  t.is(reasonOf({ unknown: ['phases'] }), 'the sched collector saw no phase')
})

test('a single account of the kernel that is not there is said by itself', (t) => {
  const { unseen } = diagnose([record({ unknown: ['run'] })], REFERENCE)
  t.deepEqual(unseen, [{ what: 'run delay', reason: 'no schedstat', command: 'spsc doctor' }])
})

test('a reference without accounts of the kernel is a reference for the segments', (t) => {
  const blind = [record({ without: ['sched'] }), record({ unknown: ['run'] })]
  const stall: MadeUp = { windows: each({ s_cpu: 10 * MS }), consumer: { cpuNs: 90 * MS } }
  const [first] = causes(stall, blind)
  t.is(first?.name, 'consumer-stall')
  t.false(
    first?.evidence.some(({ tier }) => tier === 'proc'),
    'more CPU time than what is not known',
  )
  t.true(causes(stall)[0]?.evidence.some(({ tier }) => tier === 'proc'))
  const frozen: MadeUp = { windows: each({ p_late: 4 * MS }), longestNs: 20 * MS, lateNs: 60 * MS, stealNs: 50 * MS }
  t.is(causes(frozen, [record({ without: ['sched'] })])[0]?.name, 'steal', 'beyond none')
})

test('contention without accounts of the kernel is named, by the segments alone', (t) => {
  const waiting: MadeUp = { windows: each({ c_runq: 12 * MS }), sameCpu: 1 }
  const [first] = causes({ ...waiting, without: ['sched'] })
  t.like(first, { name: 'consumer-contention', evidence: [] })
})

test('two threads of which nobody knows the CPU are not said to share one', (t) => {
  const waiting: MadeUp = { windows: each({ c_runq: 3 * MS }), sameCpu: 1, foreignShare: 0.01 }
  t.is(causes(waiting)[0]?.name, 'shared-cpu')
  t.is(causes({ ...waiting, unknown: ['handoffs'] })[0]?.name, 'consumer-contention')
})

test('without accounts of the kernel nothing counts as stolen', (t) => {
  const frozen: MadeUp = { windows: each({ p_late: 4 * MS }), longestNs: 20 * MS, lateNs: 60 * MS, stealNs: 50 * MS }
  t.is(causes(frozen)[0]?.name, 'steal')
  const [blind] = causes({ ...frozen, without: ['sched'] })
  t.like(blind, { name: 'freeze', evidence: [] })
})

test('where nobody measured how late waits ended, a freeze has a length and no number', (t) => {
  const frozen: MadeUp = { windows: each({ p_late: 4 * MS }), longestNs: 20 * MS, lateNs: 60 * MS }
  t.regex(causes(frozen)[0]?.dose?.text ?? '', /ms at a time, about \d+ times in 3 s$/)
  t.regex(causes({ ...frozen, unknown: ['late'] })[0]?.dose?.text ?? '', /ms at a time$/)
})

test('what happened once is told in the singular', (t) => {
  const gc = { count: 1, ns: 10 * MS, max_ns: 10 * MS }
  const once: MadeUp = {
    isJavaScript: true,
    windows: [{ s_cpu: 5 * MS }, {}, {}],
    consumer: { gc },
    longestNs: 10 * MS,
  }
  const [first] = causes(once, [record({ isJavaScript: true })])
  t.like(first, { name: 'garbage', dose: { text: '10 ms the longest of 1 collection' } })
})

test('collections that are short do not explain responses that are long', (t) => {
  const gc = { count: 20, ns: 20 * MS, max_ns: 1 * MS }
  const slow: MadeUp = { isJavaScript: true, windows: each({ s_cpu: 5 * MS }), longestNs: 10 * MS }
  const [first] = causes({ ...slow, consumer: { gc, cpuNs: 90 * MS } }, [record({ isJavaScript: true })])
  t.is(first?.name, 'consumer-stall')
})

test('without a reference the evidence names none', (t) => {
  const stall: MadeUp = { windows: each({ p_own: 10 * MS }) }
  const textOf = (cause: Cause | undefined) => cause?.evidence.map(({ text }) => text).join() ?? ''
  t.regex(textOf(causes(stall)[0]), /^median p_own .*, .* in the reference$/)
  t.regex(textOf(diagnose([record(stall)]).causes[0]), /^median p_own \S+ \S+$/)
})

test('a quota is named without the accounts that would tell how much of a CPU was had', (t) => {
  const throttled: MadeUp = { windows: each({ c_wake: 30 * MS }), throttledNs: 1500 * MS, unknown: ['run'] }
  const [first] = causes(throttled)
  t.like(first, { name: 'cpu-quota', excess_ns: 30 * MS, dose: undefined })
  t.regex(first?.evidence[0]?.text ?? '', /^throttled 30 times, 50.* of the time$/)
})

test('a consumer of which nobody knows how busy it was is not said to be overloaded', (t) => {
  const busy: MadeUp = { shift: { s_cpu: 60 * MS }, occupancy: 0.99, dropped: 1000 }
  t.true(causes(busy).some(({ name }) => name === 'overload'))
  t.false(causes({ ...busy, unknown: ['occupancy'] }).some(({ name }) => name === 'overload'))
})

test('a service that sleeps with every item is slow, and the evidence is its sleep', (t) => {
  const [first] = causes({ shift: { s_off: 0.3 * MS } })
  t.is(first?.name, 'slow-service')
  t.regex(first?.evidence[0]?.text ?? '', /^median s_off/)
})

test('a queue that is full since its consumer is held up again and again is not too small', (t) => {
  const names = causes({ dropped: 900, windows: each({ s_cpu: 10 * MS }), consumer: { cpuNs: 90 * MS } }).map(
    ({ name }) => name,
  )
  t.deepEqual(names, ['consumer-stall'])
})

test('a queue of JavaScript: what a thread was ready without a CPU for is contention, wherever its time stands', (t) => {
  const reference = [record({ isJavaScript: true })]
  const name = (made: MadeUp) => causes({ isJavaScript: true, longestNs: 20 * MS, ...made }, reference)[0]?.name
  const runDelayNs = 2000 * MS
  t.is(name({ windows: each({ s_runq: 10 * MS }), consumer: { runDelayNs } }), 'consumer-contention')
  t.is(name({ windows: each({ s_runq: 10 * MS }) }), 'consumer-sleep')
  t.is(name({ windows: each({ p_runq: 10 * MS }), producer: { runDelayNs } }), 'producer-contention')
  t.is(name({ windows: each({ p_runq: 10 * MS }) }), 'freeze')
})
