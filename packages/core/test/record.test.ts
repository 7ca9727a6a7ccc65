import { type FailedRecord, type MeasuredRecord, parseRecord, parseScenario } from '@spsc/core'
import test from 'ava'

const HEAD = {
  schema: 1,
  run: 't000',
  scenario: 'baseline',
  queue: 'sab',
  cell: 1,
  replicate: 1,
  order: 1,
  seed: 1,
  replicate_seed: 2,
  started_at: '2026-01-01T00:00:00.000Z',
  config: parseScenario('baseline'),
  warnings: [],
} as const

const MEASURED: MeasuredRecord = {
  ...HEAD,
  status: 'ok',
  offered: 10,
  delivered: 9,
  dropped: 1,
  drop_rate: 0.1,
  ops_s: 9,
  offered_ops_s: 10,
  planned_ops_s: 1000,
  phases: [
    {
      name: 'paced',
      stamped: true,
      offered: 10,
      delivered: 9,
      dropped: 1,
      scheduled: 10,
      start_ns: 1,
      offers_end_ns: 9e8,
      end_ns: 1e9,
      sampled: 10,
      mean_gap: 1,
    },
  ],
  threads: { producer: { pid: 1, tid: 2 }, consumer: { pid: 1, tid: { unavailable: 'no /proc' } } },
  collectors: { histogram: { dropped: 1 }, perf: { unavailable: 'no PMU' } },
}

const FAILED: FailedRecord = { ...HEAD, status: 'failed', error: { code: 'ERR_PLUGIN_FAILED', message: 'threw' } }

/** The line of a record with some members replaced, or left out where undefined. */
function lineOf(record: object, change: Record<string, unknown> = {}): string {
  return JSON.stringify({ ...record, ...change })
}

test('a measured record is read as it was written', (t) => {
  t.deepEqual(parseRecord(lineOf(MEASURED)), MEASURED)
})

test('a failed record is read as it was written', (t) => {
  t.deepEqual(parseRecord(lineOf(FAILED)), FAILED)
})

test('members of a later minor version are kept', (t) => {
  const record = parseRecord(lineOf(MEASURED, { fingerprint: 'x' })) as unknown as { fingerprint: string }
  t.is(record.fingerprint, 'x')
})

test('a record torn at any byte is none', (t) => {
  for (const record of [MEASURED, FAILED]) {
    const line = lineOf(record)
    for (let length = 0; length < line.length; length++)
      t.is(parseRecord(line.slice(0, length)), undefined, `cut at ${length}`)
  }
})

test('another schema version is none', (t) => {
  for (const schema of [0, 2, '1', null]) t.is(parseRecord(lineOf(MEASURED, { schema })), undefined, String(schema))
})

test('what is no record is none', (t) => {
  for (const line of [
    '',
    'null',
    '1',
    '"text"',
    '[]',
    '{}',
    '{"schema":1}',
    '\u0000',
    lineOf(MEASURED, { status: 'odd' }),
  ]) {
    t.is(parseRecord(line), undefined, line)
  }
})

for (const [status, record, required] of [
  ['measured', MEASURED, Object.keys(MEASURED).filter((key) => key !== 'planned_ops_s')],
  ['failed', FAILED, Object.keys(FAILED)],
] as const) {
  test(`a ${status} record needs every member but the optional ones`, (t) => {
    for (const key of required) t.is(parseRecord(lineOf(record, { [key]: undefined })), undefined, key)
  })
}

test('counts are whole and not negative', (t) => {
  for (const key of ['offered', 'delivered', 'dropped', 'cell', 'replicate', 'order', 'seed', 'replicate_seed']) {
    for (const value of [-1, 1.5, '1', null, true, 2 ** 53]) {
      t.is(parseRecord(lineOf(MEASURED, { [key]: value })), undefined, `${key} ${value}`)
    }
  }
})

test('figures are numbers and not negative; a figure that was not finite when written is none', (t) => {
  for (const key of ['drop_rate', 'ops_s', 'offered_ops_s', 'planned_ops_s']) {
    for (const value of [-1, '1', null, Number.NaN, Number.POSITIVE_INFINITY]) {
      t.is(parseRecord(lineOf(MEASURED, { [key]: value })), undefined, `${key} ${value}`)
    }
  }
})

test('labels are text, lists are lists', (t) => {
  for (const key of ['run', 'scenario', 'queue', 'started_at'])
    t.is(parseRecord(lineOf(MEASURED, { [key]: 1 })), undefined, key)
  t.is(parseRecord(lineOf(MEASURED, { warnings: 'one' })), undefined)
  t.is(parseRecord(lineOf(MEASURED, { warnings: [1] })), undefined)
  t.is(parseRecord(lineOf(MEASURED, { phases: {} })), undefined)
  t.is(parseRecord(lineOf(MEASURED, { collectors: 1 })), undefined)
  for (const key of ['invalid', 'rate_cause']) t.is(parseRecord(lineOf(MEASURED, { [key]: 1 })), undefined, key)
  for (const value of [{}, [], true, null]) t.is(parseRecord(lineOf(MEASURED, { config: { wait: value } })), undefined)
  t.is(parseRecord(lineOf(MEASURED, { threads: { producer: {} } })), undefined)
  t.is(parseRecord(lineOf(FAILED, { error: { code: 'ERR_PLUGIN' } })), undefined)
})

test('a line that says __proto__ changes no prototype', (t) => {
  const line = lineOf(MEASURED).replace('{', '{"__proto__":{"polluted":true},')
  const record = parseRecord(line) as object
  t.is(Object.getPrototypeOf(record), Object.prototype)
  t.false('polluted' in {})
  const nested = lineOf(MEASURED).replace('"collectors":{', '"collectors":{"__proto__":{"polluted":true},')
  t.is(Object.getPrototypeOf((parseRecord(nested) as MeasuredRecord).collectors), Object.prototype)
})

test('a record without its own members is none, whatever its __proto__ says', (t) => {
  t.is(parseRecord(`{"__proto__":${lineOf(MEASURED)}}`), undefined)
})
