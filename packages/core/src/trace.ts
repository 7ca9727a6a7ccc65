import { SpscError } from './errors.js'

/** A time that an end could not or did not take. */
export const ABSENT_TIME = 0n
/** A CPU number or a flag that an end can't see. */
export const ABSENT = -1

/** An account that was not taken: 0 is a figure. */
export const ABSENT_ACCOUNT = 2n ** 64n - 1n

/** Rows a trace may have: 17 minutes of items at 1000 µs, in 61 MiB. More items than rows are sampled at random. */
export const MAX_TRACE_ROWS = 2 ** 20

/** What travels between threads; `attachTrace` gives the same rows. */
export interface TraceHandle {
  readonly buffer: SharedArrayBuffer
  readonly rows: number
  /** Whether {@link Accounts} come after the columns that every trace has. */
  readonly accounts: boolean
}

/**
 * What the kernel has booked on the two threads, in nanoseconds from each thread's start: the difference of two cells
 * is what happened between them. Run delay is time in which a thread could run and another had its CPU
 * (`/proc/thread-self/schedstat`, second field). A cell is {@link ABSENT_ACCOUNT} where the pipeline could not read it.
 *
 * ```
 * producer   woke  [run delay]  sent  push  pushed  [run delay]
 * consumer   popped  [CPU] [run delay]  work  done  [CPU] [run delay]
 * ```
 * Reading takes about 1 µs at each place. It is in no latency: that before `sent` delays the item's response, those after
 * `popped` are in its service, and the others come when the item is over.
 */
export interface Accounts {
  /** Immediately before `sent`. */
  readonly runDelayAtSent: BigUint64Array
  /** Immediately after the push, one that dropped the item too. */
  readonly runDelayAtPushed: BigUint64Array
  /** CPU time of the consumer's thread, immediately after `popped`. */
  readonly cpuAtPopped: BigUint64Array
  readonly runDelayAtPopped: BigUint64Array
  /** CPU time of the consumer's thread, immediately after `done`. */
  readonly cpuAtDone: BigUint64Array
  readonly runDelayAtDone: BigUint64Array
}

/**
 * One row per sampled item, as columns in shared memory, allocated before the run.
 *
 * ```
 * number | due  woke  sent  pushed  popped  done | accounts | producerCpu consumerCpu | consumerWaited
 *  f64   | u64 nanoseconds of the clock          | u64      | i16         i16         | i8
 *        |<---- producer ------->|<- consumer -->|
 * ```
 * `number` is written ahead of the phase, ascending, and says which items are sampled: both ends walk down it, so an
 * item need not carry stamps. Each other cell is written by one end only. A row with `sent` but no `pushed` is an item
 * that was dropped; a row without `sent` was never reached. Readers look only while both ends are parked.
 */
export interface Trace {
  readonly handle: TraceHandle
  readonly rows: number
  /** Position of the item in the phase's stream of offers, from 0. */
  readonly number: Float64Array
  /** When the item was meant to be sent. */
  readonly due: BigUint64Array
  /** When the wait for `due` was over and the producer turned to the item; absent at interval 0. */
  readonly woke: BigUint64Array
  /** Immediately before the push was called; `woke` itself where less lies between than a stamp would take. */
  readonly sent: BigUint64Array
  /** Immediately after the push returned; absent: dropped. */
  readonly pushed: BigUint64Array
  /** Immediately after the pop returned. */
  readonly popped: BigUint64Array
  /** After the consumer's work on the item. */
  readonly done: BigUint64Array
  readonly producerCpu: Int16Array
  readonly consumerCpu: Int16Array
  /**
   * 0: the item was there; 1: the consumer waited for it, whether asleep is not known; 2: it slept; 3: it waited and did
   * not sleep.
   */
  readonly consumerWaited: Int8Array
  /** Only where a collector wants them, and taking them would not change what is measured. */
  readonly accounts?: Accounts
}

interface ColumnType {
  readonly BYTES_PER_ELEMENT: number
  new (buffer: SharedArrayBuffer, byteOffset: number, length: number): { readonly byteLength: number }
}

type Columns = Readonly<Record<string, ColumnType>>

/** Widest first, so that every column is aligned whatever the number of rows. */
const TIMES: Columns = {
  number: Float64Array,
  due: BigUint64Array,
  woke: BigUint64Array,
  sent: BigUint64Array,
  pushed: BigUint64Array,
  popped: BigUint64Array,
  done: BigUint64Array,
}
const ACCOUNTS: Columns = {
  runDelayAtSent: BigUint64Array,
  runDelayAtPushed: BigUint64Array,
  cpuAtPopped: BigUint64Array,
  runDelayAtPopped: BigUint64Array,
  cpuAtDone: BigUint64Array,
  runDelayAtDone: BigUint64Array,
}
const MARKS: Columns = { producerCpu: Int16Array, consumerCpu: Int16Array, consumerWaited: Int8Array }

function bytesPerRow(accounts: boolean): number {
  const columns = [TIMES, accounts ? ACCOUNTS : {}, MARKS].flatMap((group) => Object.values(group))
  return columns.reduce((bytes, { BYTES_PER_ELEMENT }) => bytes + BYTES_PER_ELEMENT, 0)
}

/** Allocates a trace of `rows` rows (1 to {@link MAX_TRACE_ROWS}), all absent, with {@link Accounts} or without. */
export function createTrace(rows: number, accounts = false): Trace {
  if (!Number.isInteger(rows) || rows < 1 || rows > MAX_TRACE_ROWS) {
    throw new SpscError('ERR_OPTION', 'trace', `rows is ${rows}; allowed: an integer from 1 to ${MAX_TRACE_ROWS}`)
  }
  const trace = attachTrace({ buffer: new SharedArrayBuffer(rows * bytesPerRow(accounts)), rows, accounts })
  clearTrace(trace)
  return trace
}

/** The same trace in another thread. */
export function attachTrace(handle: TraceHandle): Trace {
  const { buffer, rows } = handle
  let offset = 0
  const attach = (columns: Columns) =>
    Object.fromEntries(
      Object.entries(columns).map(([name, Column]) => {
        const column = new Column(buffer, offset, rows)
        offset += column.byteLength
        return [name, column]
      }),
    )
  const times = attach(TIMES)
  const accounts = handle.accounts ? { accounts: attach(ACCOUNTS) } : {}
  return { handle, rows, ...times, ...accounts, ...attach(MARKS) } as unknown as Trace
}

/** Marks every cell absent, so that rows of an earlier phase can't be taken for rows of the next. */
export function clearTrace(trace: Trace): void {
  trace.number.fill(Number.POSITIVE_INFINITY)
  const { due, woke, sent, pushed, popped, done } = trace
  for (const column of [due, woke, sent, pushed, popped, done]) column.fill(ABSENT_TIME)
  for (const column of Object.values(trace.accounts ?? {})) column.fill(ABSENT_ACCOUNT)
  for (const column of [trace.producerCpu, trace.consumerCpu, trace.consumerWaited]) column.fill(ABSENT)
}

/**
 * Chooses the items to sample: every one (`meanGap` 1), or one at random gaps drawn uniformly from 1 to 2·meanGap − 1.
 * Random gaps, since a fixed stride locks on to anything periodic in the pipeline.
 *
 * @param random uniform in [0, 1)
 */
export function planTrace(trace: Trace, meanGap: number, random: () => number): void {
  clearTrace(trace)
  let item = meanGap === 1 ? 0 : Math.floor(random() * meanGap)
  // The last row stays at infinity: it ends the walk, so that neither end has to look for the end of the column.
  for (let row = 0; row < trace.rows - 1; row++) {
    trace.number[row] = item
    item += meanGap === 1 ? 1 : 1 + Math.floor(random() * (2 * meanGap - 1))
  }
}

/** How many rows were reached: rows are filled from the top without holes. */
export function traceLength(trace: Trace): number {
  let low = 0
  let high = trace.rows
  while (low < high) {
    const middle = (low + high) >>> 1
    if (trace.sent[middle] === ABSENT_TIME) high = middle
    else low = middle + 1
  }
  return low
}
