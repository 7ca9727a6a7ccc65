import { type PerfStatEvent, type PerfStatValue, unavailable } from '@spsc/core'
import { cannotOccur, tierOf } from './events.js'
import { paranoia } from './failure.js'
import { SEPARATOR } from './perf-process.js'

/** Kernel ids of the threads whose rows are wanted. */
export interface Tids {
  readonly producer: number
  readonly consumer: number
}

/** A line of `perf stat --per-thread -x`: perf-stat(1), CSV FORMAT. */
interface Row {
  readonly tid: number
  readonly event: string
  readonly unit: string
  readonly value: PerfStatValue
  readonly runningShare: number
}

function countOf(text: string): PerfStatValue {
  if (text === '<not supported>' || text === '<not counted>') return text
  if (/^\d+(\.\d+)?$/.test(text)) return Number(text)
  throw new Error(`perf printed ${JSON.stringify(text)} where a count belongs`)
}

/** `comm-tid value unit event running-ns running-% …`; a line without an event goes on with the metrics of the last. */
function parseRow(line: string): Row | undefined {
  const [thread = '', value = '', unit = '', event = '', , percent = ''] = line.split(SEPARATOR)
  const tid = /-(\d+)$/.exec(thread)?.[1]
  if (tid === undefined || event === '') return undefined
  return { tid: Number(tid), event, unit, value: countOf(value), runningShare: Number(percent) / 100 }
}

function sum(one: PerfStatValue, other: PerfStatValue): PerfStatValue {
  if (typeof one !== 'number') return one
  // Perf prints fewer decimals than that; more are those of binary fractions.
  return typeof other === 'number' ? Number((one + other).toFixed(6)) : other
}

/** A thread that did not run had no time to be counted in; what perf can't count it can't count of any. */
function sumOfOthers(rows: readonly Row[]): PerfStatValue {
  const [unsupported] = rows.filter(({ value }) => value === '<not supported>')
  if (unsupported !== undefined) return unsupported.value
  return rows.map(({ value }) => (typeof value === 'number' ? value : 0)).reduce<PerfStatValue>(sum, 0)
}

/** Why an event that only the kernel sees has no count. */
function kernelOnly(event: string, requested: string): PerfStatValue {
  const asked = requested.split(/[,{}]/).includes(event)
  const cause = asked ? 'it was asked for with :u' : `perf may not look there: ${paranoia()}`
  return unavailable(`${event} counts in user space what happens in the kernel only; ${cause}`)
}

function eventOf(rows: readonly Row[], event: string, tids: Tids, requested: string): PerfStatEvent {
  const rowOf = (tid: number) => rows.find((row) => row.event === event && row.tid === tid)
  const [producer, consumer] = [rowOf(tids.producer), rowOf(tids.consumer)]
  const of = (row: Row | undefined): PerfStatValue => {
    if (cannotOccur(event)) return kernelOnly(event, requested)
    return row?.value ?? unavailable('perf printed nothing for this thread')
  }
  const others = rows.filter((row) => row.event === event && row.tid !== tids.producer && row.tid !== tids.consumer)
  const values = {
    producer: of(producer),
    consumer: of(consumer),
    others: cannotOccur(event) ? kernelOnly(event, requested) : sumOfOthers(others),
  }
  const value = sum(values.producer, values.consumer)
  const shares = [producer, consumer].flatMap((row) => (row === undefined ? [] : [row.runningShare]))
  const unit = (producer ?? consumer)?.unit ?? ''
  const counted = typeof value === 'number' && shares.every(Number.isFinite)
  return { event, tier: tierOf(event), unit, value, ...values, ...(counted && { running_share: Math.min(...shares) }) }
}

/**
 * The events of `perf stat --per-thread -x` for two threads, in perf's order, and for the process's others together.
 *
 * @param requested the list of events that perf was given
 * @throws where it is no output of perf, with what was found instead
 */
export function parsePerfStat(csv: string, tids: Tids, requested: string): PerfStatEvent[] {
  const rows = csv.split('\n').flatMap((line) => parseRow(line) ?? [])
  const events = [...new Set(rows.map(({ event }) => event))]
  if (events.length === 0) throw new Error(`perf printed no count: ${JSON.stringify(csv.trim().slice(0, 120))}`)
  return events.map((event) => eventOf(rows, event, tids, requested))
}
