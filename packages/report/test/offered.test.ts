import { type HistogramData, type MeasuredRecord, parseScenario, type ScenarioInput } from '@spsc/core'
import { toCsv, toMarkdown, toSummary } from '@spsc/report'
import test from 'ava'
import { row } from './csv-row.js'
import { distribution } from './distributions.js'
import { failed, measured } from './records.js'
import { table } from './sections.js'

const AGE = { n: 99, mean_ns: 1_500_000, peak_p50_ns: 2_000_000, peak_p99_ns: 9_000_000, peak_max_ns: 9_000_000 }
const LAW = { l: 0.5, arrivals_s: 1000, w_ns: 500_000, residual: -0.0004 }

/** 98 delivered items of 1 to 98 µs and two dropped, in 10 s. */
function dropping(changes: Partial<HistogramData> = {}, config: ScenarioInput = {}): MeasuredRecord {
  const items = distribution(Array.from({ length: 98 }, (_, index) => 1000 * (index + 1)))
  const counts = { offered: 100, delivered: 98, dropped: 2, drop_rate: 0.02, ops_s: 9.8 }
  const histogram = { latency: items, response: items, dropped: 2, lost: 0, age: AGE, ...changes }
  return measured({ ...counts, littles_law: LAW, collectors: { histogram } }, { queueCap: 8, ...config })
}

const ON_TIME: HistogramData['on_time'] = { deadline_ns: 50_000, n: 50, of: 100 }

const columns = (record: MeasuredRecord) => row(toCsv([record]))

test('the report has the p99 of the offered items beside that of the delivered', (t) => {
  const markdown = toMarkdown([dropping(), dropping({ dropped: 0 }, { queueCap: 64 })], { name: 'n' })
  t.deepEqual(table(markdown, '## What was offered'), [
    '| scenario |    p99 (ms) | response p99 (ms) |            age (ms) |   peak age p99 (ms) |',
    '| :------- | ----------: | ----------------: | ------------------: | ------------------: |',
    '| baseline | ∞ (0.098–∞) |       ∞ (0.098–∞) | 1.500 (1.500–1.500) | 9.000 (9.000–9.000) |',
  ])
  t.notRegex(markdown, /goodput/)
  t.regex(markdown, /Little's law, L = λW, of stamps against counts: off by at most 0\.040 % in 2 of 2 replicates/)
})

test('goodput stands where a scenario has a deadline', (t) => {
  const markdown = toMarkdown([dropping({ on_time: ON_TIME }, { deadlineUs: 50 })], { name: 'n' })
  const [header = '', , row = ''] = table(markdown, '## What was offered')
  t.true(header.endsWith('| on time | goodput/s |'))
  t.regex(row, /\| +0\.500 \| +5\.0 \|$/)
})

test('nothing of it stands where nothing was measured', (t) => {
  t.notRegex(toMarkdown([failed()], { name: 'n' }), /What was offered/)
})

test('the terminal shows it where items were dropped or have a deadline, within 80 columns', (t) => {
  t.notRegex(toSummary([measured()]), /offered/)
  t.regex(
    toSummary([dropping()]),
    /\nOf the offered items, a dropped one being the slowest:\nscenario .+\nbaseline +∞ +1\.500 +9\.000\n/,
  )
  const both = [dropping({ on_time: ON_TIME }, { deadlineUs: 50 }), { ...dropping(), queue: 'native', cell: 2 }]
  const text = toSummary(both)
  t.regex(text, /on time +goodput\/s\n/)
  for (const line of text.split('\n')) t.true(line.length <= 80, line)
})

test('the CSV says inf where a dropped item is the 99th', (t) => {
  t.like(columns(dropping({ on_time: ON_TIME }, { deadlineUs: 50 })), {
    p99_ms: '0.098000',
    offered_p99_ms: 'inf',
    offered_response_p99_ms: 'inf',
    deadline_us: '50',
    on_time: '0.5',
    goodput_ops_s: '5',
    age_ms: '1.500000',
    peak_age_p99_ms: '9.000000',
    littles_law_residual: '-0.0004',
  })
  t.like(columns(dropping({ dropped: 0 })), { offered_p99_ms: '0.098000', on_time: '', goodput_ops_s: '' })
})

test('what was not measured, or stored before there were such figures, is unavailable', (t) => {
  const old = measured()
  t.like(columns(old), { age_ms: 'unavailable', peak_age_p99_ms: 'unavailable', littles_law_residual: 'unavailable' })
  t.like(columns(dropping({ on_time: { unavailable: 'no item was sampled' } }, { deadlineUs: 50 })), {
    on_time: 'unavailable',
    goodput_ops_s: 'unavailable',
  })
  t.like(columns(measured({ collectors: {} })), { offered_p99_ms: 'unavailable' })
  const { deadlineUs: _, ...config } = parseScenario('old')
  t.like(columns({ ...old, config } as MeasuredRecord), { deadline_us: 'unavailable', on_time: '' })
})

test('at interval 0, where nothing is due, only the latency has a figure', (t) => {
  t.like(columns(dropping({ response: { unavailable: 'no due' } }, { prodIntervalUs: 0 })), {
    offered_p99_ms: 'inf',
    offered_response_p99_ms: '',
    age_ms: '',
    littles_law_residual: '',
  })
})

test('odd data of another version makes no figure and no fault', (t) => {
  for (const odd of [
    null,
    7,
    'x',
    [],
    { dropped: -1 },
    { dropped: 2, latency: 3 },
    { dropped: 2, latency: { n: 1 } },
  ]) {
    const record = measured({ littles_law: odd as never, collectors: { histogram: odd } }, { deadlineUs: 9 })
    t.like(columns(record), { offered_p99_ms: 'unavailable', on_time: 'unavailable', age_ms: 'unavailable' })
    t.notThrows(() => toMarkdown([record], { name: 'n' }))
  }
  const impossible = { ...ON_TIME, n: 101 }
  t.is(columns(dropping({ on_time: impossible as never }, { deadlineUs: 9 })).on_time, 'unavailable')
})
