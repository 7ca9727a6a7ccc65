import type { MeasuredRecord, RateCause, ResultRecord, ScenarioInput } from '@spsc/core'
import { toMarkdown } from '@spsc/report'
import test from 'ava'
import { ledger, ORDINARY, WORST } from './ledgers.js'
import { perfStat } from './perf-stats.js'
import { certificate, failed, latency, measured, withLatency } from './records.js'
import { itemsOf } from './sections.js'

function takeaways(records: readonly ResultRecord[]): readonly string[] {
  return itemsOf(toMarkdown(records, { name: 't000' }), 'Takeaways')
}

/** The sentences that begin so. */
function about(begin: string, records: readonly ResultRecord[]): readonly string[] {
  return takeaways(records).filter((sentence) => sentence.startsWith(begin))
}

/** Two replicates of a scenario with these p99. */
function twice(scenario: string, low: number, high: number, changes: Partial<MeasuredRecord> = {}): MeasuredRecord[] {
  return [low, high].map((p99, index) =>
    measured({
      ...{ scenario, replicate: index + 1, cell: scenario.charCodeAt(0) },
      ...{ collectors: withLatency(latency(100, 200, p99)), ...changes },
    }),
  )
}

/** The first phase of 4470 items with these sums, each given for one item. */
function sums(perItemNs: Readonly<Record<string, number>>): Pick<MeasuredRecord, 'phases'> {
  const [phase] = measured().phases
  const each = Object.entries(perItemNs).map(([key, ns]) => [key, ns * 4470] as const)
  return { phases: [{ ...(phase as MeasuredRecord['phases'][number]), ...Object.fromEntries(each) }] }
}

const FLAT_OUT: ScenarioInput = { prodIntervalUs: 0 }

function unpaced(changes: Partial<MeasuredRecord> = {}): MeasuredRecord {
  const { planned_ops_s: _, rate_ratio: __, ...record } = measured(changes, FLAT_OUT)
  return record
}

test('a run whose evidence says nothing has no takeaways', (t) => {
  const records = [1, 2].map((replicate) => unpaced({ replicate, collectors: {} }))
  t.false(toMarkdown(records, { name: 't000' }).includes('## Takeaways'))
  t.false(toMarkdown([], { name: 't000' }).includes('## Takeaways'))
  t.false(toMarkdown([failed()], { name: 't000' }).includes('## Takeaways'))
})

test('the rate is told as offered of planned, a median with its range; at interval 0 nothing is planned', (t) => {
  const rate = (offered_ops_s: number) => ({ offered_ops_s, rate_ratio: offered_ops_s / 1000 })
  const records = [measured(rate(940)), measured({ ...rate(900), replicate: 2 }), unpaced({ scenario: 'flat-out' })]
  t.deepEqual(about('Offered', records), [
    'Offered of the planned items per second: `baseline` 920 (900–940) of 1000, ratio 0.920 (0.900–0.940).',
  ])
  t.deepEqual(about('Offered', [unpaced()]), [])
})

test('a cause is told where the record has one, with the sums that it was judged by', (t) => {
  const late = (replicate: number, ns: number) =>
    measured({ replicate, rate_cause: 'pacer', ...sums({ late_ns: ns, blocked_ns: 9 }) })
  t.deepEqual(about('Recorded', [late(1, 60_000), late(2, 64_000), measured({ replicate: 3 })]), [
    'Recorded as what kept the producer from its rate, pacer overshoot: `baseline` in 2 of 3 replicates, the producer woken late by 62.0 (60.0–64.0) µs an item.',
  ])
  const starved = measured({
    rate_cause: 'cpu',
    ...sums({ producer_run_delay_ns: 200_000, consumer_run_delay_ns: 30_000 }),
  })
  t.regex(
    about('Recorded', [starved])[0] ?? '',
    /want of a CPU: .*, the producer ready without one for 200\.0 µs an item, the consumer for 30\.0 µs an item\.$/,
  )
  t.deepEqual(about('Recorded', [measured()]), [])
})

test('a cause without its sums has no figure, and one of another version is none', (t) => {
  t.deepEqual(about('Recorded', [measured({ rate_cause: 'back-pressure' })]), [
    'Recorded as what kept the producer from its rate, back-pressure: `baseline` in 1 of 1 replicates.',
  ])
  for (const cause of ['moon', 'toString']) {
    t.deepEqual(about('Recorded', [measured({ rate_cause: cause as RateCause })]), [], cause)
  }
})

test('drops come with what percentiles leave out', (t) => {
  const records = [0.1, 0.3].map((drop_rate, index) => measured({ drop_rate, dropped: 447, replicate: index + 1 }))
  t.deepEqual(about('Dropped', records), [
    'Dropped of the offered items: `baseline` 20.0 (10.0–30.0) %; percentiles are of the delivered ones only.',
  ])
  t.deepEqual(about('Dropped', [measured()]), [])
})

test('a share near 0 or 100 % is not rounded to it', (t) => {
  const dropped = (drop_rate: number) => about('Dropped', [measured({ drop_rate, dropped: 1 })])[0] ?? ''
  t.regex(dropped(0.000_02), / 0\.0020 %/)
  t.regex(dropped(0.999_96), / 99\.9960? %/)
})

test('one replicate has no spread, and says of which rows that is so', (t) => {
  t.deepEqual(about('**One', [measured()]), [
    '**One replicate has no spread** (every row): nothing follows from how its figures differ from others.',
  ])
  const records = [measured(), measured({ scenario: 'b', cell: 2 }), measured({ scenario: 'b', cell: 2, replicate: 2 })]
  t.regex(about('**One', records)[0] ?? '', /\(`baseline`\)/)
  t.deepEqual(about('**One', [measured(), measured({ replicate: 2 })]), [])
})

test('ranges of p99 that overlap do not tell rows apart; of those that do not, nothing is said', (t) => {
  const [a, b] = [twice('a', 100_000, 300_000), twice('b', 200_000, 400_000)]
  t.deepEqual(about('Ranges', [...a, ...b, ...twice('c', 500_000, 600_000)]), [
    'Ranges of p99 in ms that overlap, and so do not tell these rows apart: `a` 0.100–0.300, `b` 0.200–0.400.',
  ])
  t.deepEqual(about('Ranges', [...a, ...twice('c', 500_000, 600_000)]), [])
  t.deepEqual(about('Ranges', [a[0] as MeasuredRecord, b[0] as MeasuredRecord]), [])
})

test('a row that overlaps with two that do not overlap stands with each', (t) => {
  const records = [...twice('a', 1e5, 3e5), ...twice('b', 2e5, 5e5), ...twice('c', 4e5, 6e5)]
  t.regex(about('Ranges', records)[0] ?? '', /: `a` [\d.–]+, `b` [\d.–]+; `b` [\d.–]+, `c` [\d.–]+\.$/)
})

test('what lies below the floor is a bound, and so is the range of what may lie there', (t) => {
  const floored = { certificate: certificate({ floor_ns: 150 }) }
  const records = [...twice('a', 120, 130, floored), ...twice('b', 100, 160, floored)]
  t.deepEqual(about('Latency below', records), [
    'Latency below what the clock of the run can tell: `a` p50, p99 (floor 150 (150–150) ns); `b` p50, p99 (floor 150 (150–150) ns); it is known only as a bound.',
  ])
  t.regex(about('Ranges', records)[0] ?? '', /`a` at most 0\.00015, `b` at most 0\.00016/)
  t.deepEqual(about('Latency below', [measured({ certificate: certificate() })]), [])
})

test('the largest segment of the worst items has its share and what it is', (t) => {
  const collectors = { ledger: ledger(ORDINARY, WORST) }
  t.deepEqual(about('Largest', [measured({ collectors }), measured({ scenario: 'b', cell: 2, collectors })]), [
    'Largest part of the worst 1 % is `p_runq`, the producer could run, but another thread had its CPU: `baseline` 90.4 % of 1.000 ms; `b` 90.4 % of 1.000 ms.',
  ])
  const broken = { ledger: ledger(ORDINARY, WORST, { sums: { items: 1, mismatches: 1 } }) }
  t.deepEqual(about('Largest', [measured({ collectors: broken })]), [])
  t.deepEqual(about('Largest', [measured({ collectors: { ledger: { unavailable: 'no' } } })]), [])
})

test("the seed's context switches are told by wall second, CPU-second and item", (t) => {
  const seed = { 'task-clock': 440.54, 'context-switches': 9253 }
  t.deepEqual(about('Context', [measured({ collectors: { 'perf-stat': perfStat(seed, 10.010471) } })]), [
    'Context switches of the two threads, by perf-stat: `baseline` 924 per wall second, 21004 per CPU-second, 2.07 per item.',
  ])
  t.deepEqual(about('Context', [measured()]), [])
})

test('a count that has nothing to be divided by lacks that rate alone', (t) => {
  const noClock = perfStat({ 'context-switches': 4470 })
  t.regex(about('Context', [measured({ collectors: { 'perf-stat': noClock } })])[0] ?? '', / second, 1\.00 per item\.$/)
  const noItems = measured({ delivered: 0, dropped: 4470, drop_rate: 1, collectors: { 'perf-stat': noClock } })
  t.regex(about('Context', [noItems])[0] ?? '', /: `baseline` 447 per wall second\.$/)
})

test('a count of user space alone says nothing of context switches', (t) => {
  const events = perfStat({ 'task-clock:u': 440.54, 'context-switches:u': 0 })
  t.deepEqual(about('Context', [measured({ collectors: { 'perf-stat': events } })]), [])
})

/** What the `sched` collector stores: each thread of 10 s made 500 switches in 0.5 s of CPU time. */
function sched(reasons: readonly string[] = []) {
  const thread = { run: { cpu_ns: 5e8 }, switches: { voluntary: 400, involuntary: 100 } }
  const contamination = { contaminated: reasons.length > 0, reasons, unjudged: [] }
  const phase = { name: 'paced', wall_ns: 1e10, delivered: 2000, threads: { producer: thread, consumer: thread } }
  return { sched: { phases: [{ ...phase, contamination }] } }
}

test("where perf-stat was not there, context switches are the kernel's own count", (t) => {
  t.deepEqual(about('Context', [measured({ collectors: sched() })]), [
    'Context switches of the two threads, by sched: `baseline` 100 per wall second, 1000 per CPU-second, 0.50 per item.',
  ])
})

test('contaminated replicates are counted among those that were judged', (t) => {
  const records = [sched(['steal 5 %']), sched(), {}].map((collectors, index) =>
    measured({ collectors, replicate: index + 1 }),
  )
  t.deepEqual(about('Contaminated', records), ['Contaminated replicates, which are in the figures: `baseline` 1 of 2.'])
  t.deepEqual(about('Contaminated', records.slice(1)), [])
})

test('events without a count: nothing is known of what they tell', (t) => {
  const none = '<not supported>'
  const without = (counts: Parameters<typeof perfStat>[0]) =>
    about('Events', [measured({ collectors: { 'perf-stat': perfStat(counts) } })])
  t.deepEqual(without({ 'task-clock': 1, cycles: none, 'cache-references': none, 'cache-misses': none }), [
    'Events that perf could not count: `cycles`, `cache-references`, `cache-misses`; nothing is known of cache behaviour.',
  ])
  t.deepEqual(without({ cycles: none, 'cache-misses': 5 }), [
    'Events that perf could not count: `cycles`; nothing is known of them.',
  ])
  t.deepEqual(without({ 'cache-misses': 0 }), [])
})

test('failed and invalid replicates are told before any figure', (t) => {
  const records = [
    ...twice('a', 1e5, 2e5),
    failed({ scenario: 'a', cell: 97, replicate: 3 }),
    ...twice('b', 1e5, 2e5, { invalid: 'rate missed' }),
  ]
  t.deepEqual(takeaways(records).slice(0, 2), [
    'Replicates that the figures rest on, the others failed: `a` 2 of 3.',
    'Replicates whose figures are not those of the experiment asked for: `b` 2 of 2.',
  ])
  t.deepEqual(about('Replicates', twice('a', 1e5, 2e5)), [])
})

test('of many rows six are named and the others counted', (t) => {
  const records = Array.from({ length: 9 }, (_, cell) => measured({ scenario: `s${cell}`, cell }))
  t.regex(about('Offered', records)[0] ?? '', /`s0` .*; `s5` [^;]*; 3 more\.$/)
})

test('with several queues a row is told by both names', (t) => {
  t.regex(about('Offered', [measured(), measured({ queue: 'native', cell: 2 })])[0] ?? '', /`baseline` on `native` 447/)
})

test('three scenarios with everything collected are at most ten sentences', (t) => {
  const collectors = {
    ...withLatency(latency(100)),
    ...sched(['steal 5 %']),
    ledger: ledger(),
    'perf-stat': perfStat({ 'task-clock': 440, 'context-switches': 9253, cycles: '<not supported>' }),
  }
  const changes = { collectors, drop_rate: 0.1, dropped: 447, certificate: certificate(), rate_cause: 'pacer' } as const
  const records = ['a', 'b', 'c'].flatMap((scenario) =>
    twice(scenario, 1, 2, { ...changes, ...sums({ late_ns: 6e4 }) }),
  )
  t.is(takeaways(records).length, 9)
})

test('hostile names and events are code, in one line', (t) => {
  const scenario = 'a`b\n## <img src=x>\u001b[31m'
  const collectors = { 'perf-stat': perfStat({ 'x`\n- y': '<not counted>' }) }
  const records = [measured({ scenario, collectors })]
  t.regex(about('Offered', records)[0] ?? '', /: `` a`b ## <img src=x> `` 447 of 1000/)
  t.regex(about('Events', records)[0] ?? '', /: `` x` - y ``; /)
})
