import type { MeasuredRecord, PerfStatData, PerfStatEvent, PerfStatValue } from '@spsc/core'
import { perfText, toCsv, toMarkdown } from '@spsc/report'
import test from 'ava'
import { failed, measured } from './records.js'

function event(name: string, value: PerfStatValue, changes: Partial<PerfStatEvent> = {}): PerfStatEvent {
  const tier = name.startsWith('c') && name !== 'context-switches' ? 'hardware' : 'perf'
  const unit = name.startsWith('task-clock') ? 'msec' : ''
  const each = typeof value === 'number' ? value / 2 : value
  return { event: name, tier, unit, value, producer: each, consumer: each, others: 0, running_share: 1, ...changes }
}

/** The figures of the seed's own block, over the seed's 4470 items. */
const SEED = [
  event('task-clock', 440.54),
  event('cycles', '<not supported>', { others: '<not supported>' }),
  event('context-switches', 9253),
  event('cpu-migrations', 338),
  event('faults', 43),
]

function withPerf(events: readonly PerfStatEvent[], changes: Partial<MeasuredRecord> = {}): MeasuredRecord {
  const data: PerfStatData = { events: 'x', phases: [{ phase: 'paced', window_ns: 10.010471e9, events }] }
  return measured({ collectors: { 'perf-stat': data }, ...changes })
}

function assertFits(t: { deepEqual(a: unknown, b: unknown): unknown }, text: string): void {
  t.deepEqual(
    text.split('\n').filter((line) => line.length > 80),
    [],
  )
}

test("the seed's counts give a rate per CPU-second, one per wall second and one per item, each by its name", (t) => {
  const text = perfText([withPerf(SEED)])
  t.regex(text, /^ Performance counter stats for `baseline` on `sab` \(1 run, paced\):$/m)
  t.regex(text, /^ +440\.54 msec task-clock\n +# 0\.044 CPUs utilized$/m)
  t.regex(text, /^ +9253 +context-switches\n +# 21\.004 K per CPU-second · 924\.33 per wall second · 2\.07 per item$/m)
  t.regex(text, /^ +338 +cpu-migrations\n +# 767\.24 per CPU-second /m)
  t.regex(text, /^ +10\.010471 +wall seconds of the measured window$/m)
  t.notRegex(text, /\/sec/)
  assertFits(t, text)
})

test('what is not supported stays so, and the block says that nothing is known of it', (t) => {
  const text = perfText([withPerf(SEED)])
  t.regex(text, /^ +<not supported> {6}cycles$/m)
  t.regex(text, /Nothing is known here of cycles:/)
  t.regex(text, /take latencies from a run without it/)
})

test('several replicates give a mean and the standard error that perf -r prints', (t) => {
  const records = [90, 100, 110].map((switches, index) =>
    withPerf([event('task-clock', 500), event('context-switches', switches)], { replicate: index + 1 }),
  )
  const text = perfText(records)
  t.regex(text, /\(3 runs, paced\):/)
  // 10 / √3 / 100
  t.regex(text, /^ +100 +context-switches +\( \+- {2}5\.77% \)$/m)
  t.regex(text, /standard error of the mean/)
})

test('a scaled count says how much of it was counted, and a mean over how many runs it is', (t) => {
  const text = perfText([
    withPerf([event('cycles', 2e9, { running_share: 0.505 })]),
    withPerf([event('cycles', '<not counted>')], { replicate: 2 }),
  ])
  t.regex(text, /scaled: it had a counter for 50\.5 % of its time/)
  t.regex(text, /mean of 1 of 2 runs/)
})

test('instructions are also per cycle, cache misses per reference, where both were counted', (t) => {
  const text = perfText([
    withPerf([
      event('cycles', 2000),
      event('instructions', 3000),
      event('cache-references', 100),
      event('cache-misses', 7),
    ]),
  ])
  t.regex(text, /1\.50 per cycle/)
  t.regex(text, /0\.07 per cache reference|0\.070 per cache reference/)
  t.notRegex(text, /CPU-second ·/, 'no task-clock, no rate by it')
})

test('two phases are two blocks, each by the items of its own phase', (t) => {
  const phase = (name: 'throughput' | 'sampled', delivered: number) => ({
    ...(measured().phases[0] as MeasuredRecord['phases'][number]),
    name,
    delivered,
  })
  const events = [event('context-switches', 1000)]
  const phases = (['throughput', 'sampled'] as const).map((name) => ({ phase: name, window_ns: 1e9, events }))
  const text = perfText([
    measured({
      phases: [phase('throughput', 100), phase('sampled', 50)],
      collectors: { 'perf-stat': { events: 'x', phases } },
    }),
  ])
  t.regex(text, /\(1 run, throughput\):[\s\S]*10\.00 per item[\s\S]*\(1 run, sampled\):[\s\S]*20\.00 per item/)
})

test('the other threads of the process are told apart', (t) => {
  const text = perfText([withPerf([event('task-clock', 500, { others: 7.5 }), event('cs', 10, { others: 33 })])])
  t.regex(text, /other threads: 7\.50 msec task-clock, 33\s+cs\./)
})

test('what could not be measured stands with its reason, in the terminal and under Not measured', (t) => {
  const reason = 'perf is not in PATH; install it: apt install linux-perf, or linux-tools of the running kernel'
  const records = [1, 2].map((replicate) =>
    measured({ replicate, collectors: { 'perf-stat': { unavailable: reason } } }),
  )
  const text = perfText(records)
  t.is(text.replaceAll(/\s+/g, ' '), ` perf-stat not measured: ${reason} `)
  assertFits(t, text)
  const markdown = toMarkdown(records, { name: 't000' })
  t.regex(markdown, /## Not measured[\s\S]*replicate 2: perf-stat: perf is not in PATH;/)
  t.notRegex(markdown, /Performance counters/)
})

test('an event that is unavailable alone is named in the block, with its reason beside it', (t) => {
  const text = perfText([withPerf([event('context-switches:u', { unavailable: 'in the kernel only' })])])
  t.regex(text, /^ +<unavailable> +context-switches:u$/m)
  t.regex(text, /perf-stat not measured: in the kernel only/)
})

test('nothing is said of perf where it was not asked, and a failed replicate counts in no block', (t) => {
  t.is(perfText([measured(), failed()]), '')
  t.notRegex(toMarkdown([measured()], { name: 't000' }), /perf/)
  t.regex(perfText([withPerf(SEED), failed({ replicate: 2 })]), /\(1 run, paced\)/)
})

test('data of another version is not measured, and breaks nothing', (t) => {
  for (const data of [null, 7, {}, { phases: [7] }, { phases: [{ phase: 'paced', window_ns: 'x', events: [{}] }] }]) {
    t.regex(perfText([measured({ collectors: { 'perf-stat': data } })]), /another\s+version/)
  }
})

test('the report has the same block in a fence', (t) => {
  const markdown = toMarkdown([withPerf(SEED)], { name: 't000' })
  t.regex(markdown, /\n## Performance counters\n\n```text\n Performance counter stats [\s\S]*\n```\n/)
})

test('long names and control characters break no line', (t) => {
  const scenario = `baseline ${'queue-cap=8 '.repeat(12)}\u001b[31m\nred`
  const text = perfText([withPerf(SEED, { scenario })])
  assertFits(t, text)
  t.false(text.includes('\u001b'))
})

test('the CSV has the counts of the first phase and its window', (t) => {
  const columns = ['task_clock_ms', 'context_switches', 'cpu_migrations', 'page_faults', 'perf_window_s']
  const cells = (record: MeasuredRecord) => {
    const [header = '', row = ''] = toCsv([record]).split('\n')
    const values = row.split(',')
    return columns.map((column) => values[header.split(',').indexOf(column)])
  }
  t.deepEqual(cells(withPerf(SEED)), ['440.54', '9253', '338', '43', '10.010471000'])
  t.deepEqual(cells(measured()), ['', '', '', '', ''])
  t.deepEqual(cells(withPerf([event('cs', 5), event('page-faults:u', 7)])), [
    '',
    '5',
    '',
    'unavailable',
    '10.010471000',
  ])
  const none = measured({ collectors: { 'perf-stat': { unavailable: 'no perf' } } })
  t.deepEqual(cells(none), Array(5).fill('unavailable'))
})
