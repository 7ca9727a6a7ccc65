import type { MeasuredRecord, ResultRecord, ScenarioInput } from '@spsc/core'
import { toMarkdown } from '@spsc/report'
import test from 'ava'
import { perfStat } from './perf-stats.js'
import { failed, measured } from './records.js'
import { itemsOf } from './sections.js'

function steps(records: readonly ResultRecord[]): readonly string[] {
  return itemsOf(toMarkdown(records, { name: 't000' }), 'Next steps')
}

function contaminated(reasons: readonly string[]) {
  const contamination = { contaminated: reasons.length > 0, reasons, unjudged: [] }
  const threads = { producer: {}, consumer: {} }
  return { phases: [{ name: 'paced', wall_ns: 1e10, delivered: 1, threads, contamination }] }
}

const ASKED = { ledger: { unavailable: 'no' }, sched: contaminated([]) }

/** Six good replicates with all collectors, of which nothing more is asked. */
function good(changes: Partial<MeasuredRecord> = {}, config: ScenarioInput = {}): MeasuredRecord[] {
  return Array.from({ length: 6 }, (_, index) =>
    measured({ replicate: index + 1, collectors: ASKED, ...changes }, config),
  )
}

test('where the evidence asks for nothing there are no next steps', (t) => {
  t.false(toMarkdown(good(), { name: 't000' }).includes('## Next steps'))
})

test('fewer than six replicates ask for ten', (t) => {
  t.deepEqual(steps([...good(), measured({ scenario: 'b', cell: 2, collectors: ASKED })]), [
    '`--replicates 10`: fewer than 6 replicates in 1 of 2 rows, too few for an interval.',
  ])
})

test('a missed rate asks for what its cause is cured by', (t) => {
  const cures = [
    ['pacer', { pacing: 'sleep' }, '`--pacing deadline`: pacer overshoot kept a producer from its rate; '],
    ['pacer', { pacing: 'deadline' }, '`--pacing spin`: '],
    ['pacer', { pacing: 'spin' }, '`spsc doctor`: '],
    ['cpu', {}, '`spsc doctor`: want of a CPU '],
    ['back-pressure', {}, '`--queue-cap`: '],
    ['producer', {}, '`--rate`: '],
  ] as const
  for (const [rate_cause, config, expected] of cures) {
    const [first = '', ...others] = steps(good({ rate_cause }, config))
    t.true(first.startsWith(expected), first)
    t.deepEqual(others, [])
  }
})

test('drops ask for a producer that waits', (t) => {
  t.regex(steps(good({ drop_rate: 0.1, dropped: 447 }))[0] ?? '', /^`--on-full block`: 1 of 1 rows dropped items/)
})

test('collectors that nobody asked for are asked for, those that could not measure are not', (t) => {
  t.deepEqual(steps(good({ collectors: { sched: contaminated([]) } })), [
    '`--collect histogram,ledger,sched`: nothing stored says what the slowest items spent their time on.',
  ])
  t.deepEqual(steps(good({ collectors: {} })), [
    '`--collect histogram,ledger,sched`: nothing stored says what the slowest items spent their time on, nor whether others used the CPUs.',
  ])
})

test('a command stands once, with every reason', (t) => {
  const collectors = { ...ASKED, sched: contaminated(['steal']), 'perf-stat': perfStat({ cycles: '<not supported>' }) }
  t.deepEqual(steps(good({ collectors, rate_cause: 'cpu' })), [
    '`spsc doctor`: want of a CPU kept a producer from its rate; it looks for what takes the CPUs; contaminated replicates: 6 of 6; events that perf could not count: 1; it says what this machine can measure.',
  ])
})

test('failed replicates are measured again', (t) => {
  t.deepEqual(steps([...good(), failed({ replicate: 7 })]), [
    '`--resume`: 1 of 7 replicates failed; it measures them again.',
  ])
})
