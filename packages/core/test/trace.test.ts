import {
  ABSENT,
  ABSENT_ACCOUNT,
  ABSENT_TIME,
  attachTrace,
  clearTrace,
  createTrace,
  MAX_TRACE_ROWS,
  planTrace,
  SpscError,
  seededRandom,
  type Trace,
  traceLength,
} from '@spsc/core'
import test from 'ava'
import fc from 'fast-check'

const TIMES = ['due', 'woke', 'sent', 'pushed', 'popped', 'done'] as const
const MARKS = ['producerCpu', 'consumerCpu', 'consumerWaited'] as const

const accountsOf = ({ accounts }: Trace) => (accounts === undefined ? [] : Object.values(accounts))

/** Writes a different value into every cell. */
function fill(trace: Trace): void {
  for (let row = 0; row < trace.rows; row++) {
    trace.number[row] = row * 10
    for (const [column, name] of TIMES.entries()) trace[name][row] = BigInt(row * 100 + column + 1)
    for (const [column, name] of MARKS.entries()) trace[name][row] = (row + column) % 100
    for (const [column, cells] of accountsOf(trace).entries()) cells[row] = BigInt(row * 1000 + column)
  }
}

const cells = (trace: Trace) => [
  trace.number,
  ...TIMES.map((name) => trace[name]),
  ...accountsOf(trace),
  ...MARKS.map((name) => trace[name]),
]

/** The items planned; the last row has none. */
function numbers(rows: number, meanGap: number, seed: number): number[] {
  const trace = createTrace(rows)
  planTrace(trace, meanGap, seededRandom(seed))
  return [...trace.number].slice(0, -1)
}

function gaps(values: readonly number[]): number[] {
  return values.slice(1).map((value, index) => value - (values[index] as number))
}

test('a new trace has every cell absent', (t) => {
  const trace = createTrace(3)
  t.is(trace.rows, 3)
  t.deepEqual([...trace.number], [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY])
  for (const name of TIMES) t.deepEqual([...trace[name]], [ABSENT_TIME, ABSENT_TIME, ABSENT_TIME], name)
  for (const name of MARKS) t.deepEqual([...trace[name]], [ABSENT, ABSENT, ABSENT], name)
})

test('a trace has accounts only where they are asked for, all absent, which is not 0', (t) => {
  t.is(createTrace(3).accounts, undefined)
  const columns = accountsOf(createTrace(3, true))
  t.is(columns.length, 6)
  for (const column of columns) t.deepEqual([...column], [ABSENT_ACCOUNT, ABSENT_ACCOUNT, ABSENT_ACCOUNT])
})

test('an attached trace is the same rows', (t) => {
  for (const rows of [1, 2, 3, 7, 64]) {
    for (const accounts of [false, true]) {
      const trace = createTrace(rows, accounts)
      const other = attachTrace(trace.handle)
      fill(trace)
      t.deepEqual(cells(other), cells(trace), `${rows} rows`)
      other.done[rows - 1] = 77n
      t.is(trace.done[rows - 1], 77n)
    }
  }
})

test('a handle survives the way between threads', (t) => {
  const trace = createTrace(2)
  fill(trace)
  t.deepEqual(cells(attachTrace(structuredClone(trace.handle))), cells(trace))
})

test('no two columns share a byte', (t) => {
  for (const [rows, accounts] of [1, 2, 3, 7].flatMap((n) => [[n, false] as const, [n, true] as const])) {
    const trace = createTrace(rows, accounts)
    const bytes = cells(trace)
      .flatMap(({ byteOffset, byteLength }) => Array.from({ length: byteLength }, (_, index) => byteOffset + index))
      .sort((a, b) => a - b)
    t.deepEqual(
      bytes,
      Array.from({ length: trace.handle.buffer.byteLength }, (_, index) => index),
      `${rows} rows`,
    )
  }
})

test('clearing forgets every cell', (t) => {
  const trace = createTrace(5, true)
  fill(trace)
  clearTrace(trace)
  t.deepEqual(cells(trace), cells(createTrace(5, true)))
})

test('rows out of range are refused, with the range', (t) => {
  for (const rows of [0, -1, 1.5, Number.NaN, MAX_TRACE_ROWS + 1, 1e12]) {
    const error = t.throws(() => createTrace(rows), { instanceOf: SpscError, code: 'ERR_OPTION' })
    t.is(error.message, `[spsc] [trace] rows is ${rows}; allowed: an integer from 1 to ${MAX_TRACE_ROWS}`)
  }
})

test('a mean gap of 1 plans every item', (t) => {
  t.deepEqual(numbers(5, 1, 1), [0, 1, 2, 3])
})

test('random gaps ascend strictly, from 1 to twice the mean less 1', (t) => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1000 }), fc.integer(), (meanGap, seed) => {
      const planned = numbers(200, meanGap, seed)
      const first = planned[0] as number
      return first >= 0 && first < meanGap && gaps(planned).every((gap) => gap >= 1 && gap <= 2 * meanGap - 1)
    }),
  )
  t.pass()
})

test('random gaps have the mean that was asked for, and are not all alike', (t) => {
  for (const meanGap of [2, 64, 1000]) {
    const planned = numbers(20_000, meanGap, 42)
    const mean = ((planned.at(-1) as number) - (planned[0] as number)) / (planned.length - 1)
    t.true(Math.abs(mean / meanGap - 1) < 0.02, `mean gap ${mean} for ${meanGap}`)
    t.true(new Set(gaps(planned)).size > 1)
  }
})

test('the same seed plans the same items, another seed others', (t) => {
  t.deepEqual(numbers(100, 64, 7), numbers(100, 64, 7))
  t.notDeepEqual(numbers(100, 64, 7), numbers(100, 64, 8))
})

test('planning forgets what an earlier phase left', (t) => {
  const trace = createTrace(3)
  fill(trace)
  planTrace(trace, 1, () => 0)
  t.is(traceLength(trace), 0)
  t.deepEqual([...trace.number], [0, 1, Number.POSITIVE_INFINITY], 'the last row ends the walk')
})

test('the length of a trace is how many rows were reached, dropped items included', (t) => {
  for (const rows of [1, 2, 3, 100]) {
    const trace = createTrace(rows)
    for (let reached = 0; reached <= rows; reached++) {
      t.is(traceLength(trace), reached)
      if (reached < rows) trace.sent[reached] = 5n
    }
  }
})
