import type { MeasuredRecord, SchedPhase, SchedThread } from '@spsc/core'
import { schedText, toCsv, toMarkdown } from '@spsc/report'
import test from 'ava'
import { failed, measured } from './records.js'

const tier = 'proc' as const
const thread: SchedThread = {
  run: { tier, cpu_ns: 5e8, run_delay_ns: 1e8, timeslices: 9 },
  switches: { tier, voluntary: 2000, involuntary: 10 },
  migrations: { tier, count: 4 },
  faults: { tier, minor: 5, major: 1 },
  modes: { tier, user_ns: 0, system_ns: 0 },
  last_cpu: 1,
  allowed: { tier, cpus: [0, 1], busy_share: 0.3, steal_share: 0.005, foreign_share: 0.05, uncertainty: 0.003 },
  gc: { tier: 'probe', count: 3, ns: 6e6, max_ns: 4e6 },
  event_loop_delay: { unavailable: 'it blocks' },
}

/** 10 s in which 1000 items were delivered. */
function phase(changes: Partial<SchedPhase> = {}, consumer: Partial<SchedThread> = {}): SchedPhase {
  return {
    name: 'paced',
    wall_ns: 1e10,
    delivered: 1000,
    threads: { producer: thread, consumer: { ...thread, ...consumer } },
    cpus: { tier, resolution_ns: 1e7, each: [] },
    pressure: { tier, some_ns: 2e8 },
    throttling: { tier, count: 0, ns: 0 },
    contamination: { contaminated: false, reasons: [], unjudged: [] },
    sampling_ns: { before: 1, after: 1 },
    ...changes,
  }
}

function scheduled(phases: readonly SchedPhase[], changes: Partial<MeasuredRecord> = {}): MeasuredRecord {
  return measured({ collectors: { sched: { phases } }, ...changes })
}

/** The cells of the row with this title. */
function row(text: string, title: string): string[] {
  const line = text.split('\n').find((candidate) => candidate.startsWith(title)) ?? ''
  return line.slice(title.length).trim().split(/ {2,}/)
}

function cellOf(csv: string, column: string): string | undefined {
  const [header = '', line = ''] = csv.split('\n')
  return line.split(',')[header.split(',').indexOf(column)]
}

test('switches are per wall second and per item, times a share of the window, each with its tier', (t) => {
  const text = schedText([scheduled([phase({}, { switches: { tier, voluntary: 500, involuntary: 0 } })])])
  t.deepEqual(row(text, 'voluntary switches/wall s'), ['200', '50', 'proc'])
  t.deepEqual(row(text, 'voluntary switches/item'), ['2.00', '0.50', 'proc'])
  t.deepEqual(row(text, 'involuntary switches/wall s'), ['1.0', '0', 'proc'])
  t.deepEqual(row(text, 'CPU (% of a CPU)'), ['5.0', '5.0', 'proc'])
  t.deepEqual(row(text, 'run delay (% of time)'), ['1.0', '1.0', 'proc'])
  t.deepEqual(row(text, 'run delay (µs/item)'), ['100.0', '100.0', 'proc'])
  t.deepEqual(row(text, 'page faults/wall s'), ['0.60', '0.60', 'proc'])
  t.deepEqual(row(text, 'foreign CPU (%)'), ['5.0', '5.0', 'proc'])
  t.deepEqual(row(text, 'GC (ms)'), ['6.00', '6.00', 'probe'])
  t.deepEqual(row(text, 'some task waited, PSI (%)'), ['2.0', 'proc'])
})

test('the terminal’s block is of at most 80 columns', (t) => {
  const wild = { tier, voluntary: 123_456_789, involuntary: 98_765_432 }
  const records = [1, 2].map((replicate) =>
    scheduled([phase({ delivered: replicate * 777 }, { switches: wild })], {
      replicate,
      scenario: 'x'.repeat(100),
      queue: '\u001b[31mq',
    }),
  )
  const text = schedText(records)
  t.true(text.split('\n').every((line) => line.length <= 80))
  t.deepEqual(row(text, 'voluntary switches/wall s'), ['200', '12345679', 'proc'])
  t.regex(text, /^Medians over replicates; their ranges are in the report\.$/m)
  t.false(text.includes('\u001b'))
})

test('a figure is the median over replicates, with their range', (t) => {
  const records = [100, 400, 200].map((count) => scheduled([phase({}, { migrations: { tier, count } })]))
  t.deepEqual(row(schedText(records), 'migrations/wall s'), ['0.40 (0.40–0.40)', '20.0 (10.0–40.0)', 'proc'])
})

test('at interval 0 it is of the first phase, the unstamped one', (t) => {
  const phases = [phase({ name: 'throughput' }), phase({ name: 'sampled', delivered: 1 })]
  t.regex(schedText([scheduled(phases)]), /phase throughput\n/)
})

test('no item delivered: nothing is per item', (t) => {
  const text = schedText([scheduled([phase({ delivered: 0 })])])
  t.notRegex(text, /\/item/)
  t.regex(text, /\/wall s/)
})

const reasons = ['foreign CPU 23.0 % of CPU 0, 1 (allowed: 10.0 %)']
const contamination = { contaminated: true, reasons, unjudged: [] }

test('contaminated replicates are counted and named, whichever phase it was', (t) => {
  const records = [1, 2, 3].map((replicate) =>
    scheduled([phase(), ...(replicate === 2 ? [phase({ name: 'sampled', contamination })] : [])], { replicate }),
  )
  t.regex(schedText(records), /^Contaminated: 1 of 3 \(replicate 2\)\.$/m)
  t.true(toMarkdown(records, { name: 'x' }).includes(`\n- replicate 2: sampled: ${reasons[0]}\n`))
  t.regex(schedText([records[0] as MeasuredRecord]), /^Contaminated: none of 1\.$/m)
})

test('what was not judged is not called clean', (t) => {
  const text = schedText([scheduled([phase({ contamination: { unavailable: 'no /proc/stat' } })])])
  t.regex(text, /^Contamination was not judged\.$/m)
})

test('what was not measured stands under Not measured with its reason, once, and is never 0', (t) => {
  const none = { unavailable: '/proc/1/task/3/schedstat counts nothing' }
  const records = [1, 2].map((replicate) => scheduled([phase({}, { run: none })], { replicate }))
  t.deepEqual(row(schedText(records), 'run delay (% of time)')[1], 'unavailable')
  t.regex(schedText(records), /^Not measured: event-loop delay, CPU time and run delay; the report says why\.$/m)
  const markdown = toMarkdown(records, { name: 'x' })
  const line =
    '- `baseline` on `sab`: CPU time and run delay of the consumer: /proc/PID/task/TID/schedstat counts nothing\n'
  t.is(markdown.split(line).length, 2, markdown)
})

test('a collector that could not work at all says why', (t) => {
  const record = measured({ collectors: { sched: { unavailable: 'it takes Linux' } } })
  t.is(schedText([record]), '')
  t.regex(toMarkdown([record], { name: 'x' }), /\n- `baseline` on `sab`: scheduling: it takes Linux\n/)
  t.is(cellOf(toCsv([record]), 'consumer_run_delay_ns'), 'unavailable')
})

test('damaged data is not believed', (t) => {
  for (const sched of [null, 7, {}, { phases: 1 }, { phases: [null, { name: 'paced', threads: {} }] }]) {
    const record = measured({ collectors: { sched } })
    t.is(schedText([record]), '')
    t.regex(toMarkdown([record], { name: 'x' }), /scheduling: the sched collector stored no phase/)
  }
})

test('a run without the collector has no section, no gaps and empty cells', (t) => {
  const records = [measured()]
  t.is(schedText(records), '')
  t.notRegex(toMarkdown(records, { name: 'x' }), /[Ss]cheduling/)
  t.is(cellOf(toCsv(records), 'consumer_run_delay_ns'), '')
  t.is(cellOf(toCsv(records), 'contaminated'), '')
})

test('the CSV has the figures as stored', (t) => {
  const csv = toCsv([scheduled([phase({}, { allowed: { unavailable: 'x' } }), phase({ contamination })])])
  t.is(cellOf(csv, 'producer_voluntary_switches'), '2000')
  t.is(cellOf(csv, 'consumer_foreign_share'), 'unavailable')
  t.is(cellOf(csv, 'sched_window_ns'), '10000000000')
  t.is(cellOf(csv, 'contaminated'), 'true')
  t.is(cellOf(toCsv([failed()]), 'contaminated'), 'unavailable')
})
