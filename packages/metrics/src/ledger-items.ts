import { ABSENT_ACCOUNT, ABSENT_TIME, type Accounts, type Trace, traceLength } from '@spsc/core'
import {
  C_RUNQ,
  C_WAKE,
  P_LATE,
  P_OWN,
  P_RUNQ,
  S_CPU,
  S_OFF,
  S_RUNQ,
  type Tile,
  type Tiling,
  Timeline,
  WIDTH,
} from './ledger-tiles.js'
import { outcomeOf } from './outcome.js'

/** What else it takes to read a trace. */
export interface LedgerSetting {
  /** Clock as the phase began; times are from there. */
  readonly startNs: bigint
  /** Whether the trace has a row for every item. */
  readonly everyItem: boolean
  /** Whether a push waits for room. */
  readonly blocks: boolean
}

/** The ledger, item by item, in the order sent. Times are whole nanoseconds from the phase's start. */
export interface Ledger {
  readonly items: number
  /** Row of each item. */
  readonly row: Uint32Array
  /** When its total begins: at `due`, or at `sent` where nothing is due. */
  readonly begin: Float64Array
  readonly total: Float64Array
  /** {@link WIDTH} cells an item, in the order of `LEDGER_SEGMENTS`. */
  readonly segments: Float64Array
  readonly excluded: { readonly dropped: number; readonly lost: number; readonly disordered: number }
  /** Items whose segments do not add up to their total. */
  readonly mismatches: number
  /** What could be told apart. */
  readonly knows: {
    readonly due: boolean
    readonly woke: boolean
    readonly producerRunDelay: boolean
    readonly consumerRunDelay: boolean
    readonly consumerCpu: boolean
  }
}

const LIMB = 2 ** 32

/** A column as doubles from `origin`, exact; NaN where it is absent. Reads halves, since a bigint a cell takes 5 times as long. */
function column(cells: BigUint64Array, rows: number, origin = 0n, absent = ABSENT_TIME): Float64Array {
  const halves = new Uint32Array(cells.buffer, cells.byteOffset, 2 * rows)
  const [originLow, originHigh] = [Number(origin % BigInt(LIMB)), Number(origin / BigInt(LIMB))]
  const [absentLow, absentHigh] = [Number(absent % BigInt(LIMB)), Number(absent / BigInt(LIMB))]
  const values = new Float64Array(rows)
  for (let row = 0; row < rows; row++) {
    const low = halves[2 * row] as number
    const high = halves[2 * row + 1] as number
    const isAbsent = low === absentLow && high === absentHigh
    values[row] = isAbsent ? Number.NaN : (high - originHigh) * LIMB + (low - originLow)
  }
  return values
}

function timesOf(trace: Trace, rows: number, origin: bigint) {
  const read = (cells: BigUint64Array) => column(cells, rows, origin)
  return {
    due: read(trace.due),
    woke: read(trace.woke),
    sent: read(trace.sent),
    pushed: read(trace.pushed),
    popped: read(trace.popped),
    done: read(trace.done),
  }
}

type Times = ReturnType<typeof timesOf>
type Booked = Record<keyof Accounts, Float64Array>

function accountsOf({ accounts }: Trace, rows: number): Booked | undefined {
  if (accounts === undefined) return undefined
  const read = (cells: BigUint64Array) => column(cells, rows, 0n, ABSENT_ACCOUNT)
  const columns = Object.entries(accounts).map(([name, cells]) => [name, read(cells)] as const)
  return Object.fromEntries(columns) as Booked
}

/** What was booked between two cells, at most `limit`; 0 where it is not known. */
function booked(from: number | undefined, to: number | undefined, limit: number): number {
  const amount = (to ?? Number.NaN) - (from ?? Number.NaN)
  return amount > 0 ? Math.min(amount, limit) : 0
}

function isKnown(values: Float64Array | undefined): boolean {
  return values?.some((value) => !Number.isNaN(value)) ?? false
}

/** Begins a tile anew; an end before the start makes it empty. */
function lay(tile: Tile, start: number, end: number): number {
  tile.parts.fill(0)
  tile.start = Math.min(start, end)
  tile.end = end
  return end - tile.start
}

/**
 * The consumer's time, over the items delivered:
 *
 * ```
 * done of the item before | (idle) | sent -- c_wake c_runq -- popped -- s_cpu s_runq s_off -- done
 * ```
 * Before `sent` it has nothing to wake up for. Where only samples have rows, an item that was there when the consumer
 * came waited for items without a row: that time is their service.
 */
function consumerTiling(
  times: Times,
  accounts: Booked | undefined,
  delivered: Uint32Array,
  waited: Int8Array,
  everyItem: boolean,
): Tiling {
  const { sent, popped, done } = times
  const knowsCpu = isKnown(accounts?.cpuAtDone)
  return {
    count: 2 * delivered.length,
    read(index, tile) {
      const item = index >>> 1
      const row = delivered[item] as number
      const { parts } = tile
      const poppedAt = popped[row] as number
      if (index % 2 === 0) {
        const before = item === 0 ? -1 : (delivered[item - 1] as number)
        const free = before === -1 ? Number.NEGATIVE_INFINITY : (done[before] as number)
        const length = lay(tile, Math.max(free, sent[row] as number), poppedAt)
        const runq = booked(accounts?.runDelayAtDone[before], accounts?.runDelayAtPopped[row], length)
        parts[C_RUNQ] = runq
        parts[everyItem || waited[row] !== 0 ? C_WAKE : S_CPU] = length - runq
        return
      }
      const length = lay(tile, poppedAt, done[row] as number)
      const cpu = booked(accounts?.cpuAtPopped[row], accounts?.cpuAtDone[row], length)
      const runq = booked(accounts?.runDelayAtPopped[row], accounts?.runDelayAtDone[row], length - cpu)
      parts[S_RUNQ] = runq
      parts[S_CPU] = knowsCpu ? cpu : length - runq
      parts[S_OFF] = knowsCpu ? length - runq - cpu : 0
    },
  }
}

/**
 * The producer's time, over all items offered:
 *
 * ```
 * pushed of the item before | (idle) | due -- p_late p_runq -- woke -- p_own p_runq -- sent -- push -- pushed
 * ```
 * Before `due` nothing is late. Run delay goes to the wait first, at whose end a thread queues for its CPU. A push that
 * waits for room waits for the consumer: it is made of what the consumer was doing meanwhile, and `p_own` where that was
 * nothing. Any other push is `p_own` and `p_runq`.
 */
function producerTiling(times: Times, accounts: Booked | undefined, consumer: Timeline | undefined): Tiling {
  const { due, woke, sent, pushed } = times
  const knowsWoke = isKnown(woke)
  const endOf = (row: number) => {
    const end = pushed[row] as number
    return Number.isNaN(end) ? (sent[row] as number) : end
  }
  return {
    count: 3 * sent.length,
    read(index, tile) {
      const row = Math.floor(index / 3)
      const { parts } = tile
      const sentAt = sent[row] as number
      if (index % 3 === 2) {
        const end = endOf(row)
        const length = lay(tile, sentAt, end)
        if (consumer !== undefined) {
          consumer.charge(sentAt, end, parts)
          parts[P_OWN] = length - parts.reduce((sum, part) => sum + part, 0)
          return
        }
        parts[P_RUNQ] = booked(accounts?.runDelayAtSent[row], accounts?.runDelayAtPushed[row], length)
        parts[P_OWN] = length - (parts[P_RUNQ] as number)
        return
      }
      const free = row === 0 ? Number.NEGATIVE_INFINITY : endOf(row - 1)
      const wokeAt = knowsWoke ? (woke[row] as number) : sentAt
      const late = lay(tile, Math.max(free, due[row] as number), wokeAt)
      const runq = booked(accounts?.runDelayAtPushed[row - 1], accounts?.runDelayAtSent[row], Number.POSITIVE_INFINITY)
      const runqLate = Math.min(runq, late)
      if (index % 3 === 0) {
        parts[P_RUNQ] = runqLate
        parts[P_LATE] = late - runqLate
        return
      }
      const own = lay(tile, wokeAt, sentAt)
      parts[P_RUNQ] = Math.min(runq - runqLate, own)
      parts[P_OWN] = own - (parts[P_RUNQ] as number)
    },
  }
}

/** Rows of the delivered items, and how many others there are. */
function sortOut(trace: Trace, rows: number) {
  const delivered = new Uint32Array(rows)
  const counts = { delivered: 0, dropped: 0, lost: 0 }
  for (let row = 0; row < rows; row++) {
    const outcome = outcomeOf(trace, row)
    if (outcome === 'delivered') delivered[counts.delivered] = row
    counts[outcome]++
  }
  return { ...counts, delivered: delivered.subarray(0, counts.delivered) }
}

/**
 * Charges each delivered item's time to what the two ends were doing: from `due` to `sent` by the producer's time, from
 * `sent` to `done` by the consumer's. An item that waits behind others is charged with their service, their wake-up and
 * so on: whatever held the queue up meanwhile. Of a tile that it shares only in part it gets a proportional part, in whole
 * nanoseconds: see `addShare`.
 *
 * The hand-over is counted from `sent` and not from `pushed`, since the item can be popped before the push has returned.
 * Of the first item the run delay of both ends is not known; it is in `p_late` and `c_wake`.
 *
 * Takes O(rows).
 */
export function ledgerOf(trace: Trace, { startNs, everyItem, blocks }: LedgerSetting): Ledger {
  const rows = traceLength(trace)
  const times = timesOf(trace, rows, startNs)
  const { due, woke, sent, popped, done } = times
  const accounts = everyItem ? accountsOf(trace, rows) : undefined
  const knows = {
    due: isKnown(due),
    woke: isKnown(woke),
    producerRunDelay: isKnown(accounts?.runDelayAtSent),
    consumerRunDelay: isKnown(accounts?.runDelayAtDone),
    consumerCpu: isKnown(accounts?.cpuAtDone),
  }
  const { delivered, dropped, lost } = sortOut(trace, rows)
  const consumerTiles = () => consumerTiling(times, accounts, delivered, trace.consumerWaited, everyItem)
  const consumer = new Timeline(consumerTiles)
  const producer = new Timeline(() => producerTiling(times, accounts, blocks ? new Timeline(consumerTiles) : undefined))

  const row = new Uint32Array(delivered.length)
  const begin = new Float64Array(delivered.length)
  const total = new Float64Array(delivered.length)
  const segments = new Float64Array(delivered.length * WIDTH)
  let items = 0
  let disordered = 0
  let mismatches = 0
  for (const of of delivered) {
    const sentAt = sent[of] as number
    const doneAt = done[of] as number
    const beginAt = knows.due ? (due[of] as number) : sentAt
    const wokeAt = knows.woke ? (woke[of] as number) : sentAt
    const poppedAt = popped[of] as number
    if (!(beginAt <= wokeAt && wokeAt <= sentAt && sentAt <= poppedAt && poppedAt <= doneAt)) {
      disordered++
      continue
    }
    const offset = items * WIDTH
    if (knows.due) producer.charge(beginAt, sentAt, segments, offset)
    consumer.charge(sentAt, doneAt, segments, offset)
    let sum = 0
    for (let segment = 0; segment < WIDTH; segment++) sum += segments[offset + segment] as number
    if (sum !== doneAt - beginAt) mismatches++
    row[items] = of
    begin[items] = beginAt
    total[items] = doneAt - beginAt
    items++
  }
  return { items, row, begin, total, segments, excluded: { dropped, lost, disordered }, mismatches, knows }
}
