import {
  isUnavailable,
  type MeasuredRecord,
  type PerfStatEvent,
  type PhaseRecord,
  type RateCause,
  type ResultRecord,
} from '@spsc/core'
import { sum } from 'simple-statistics'
import { type Distribution, distributionOf } from './distribution.js'
import { contaminationIn, type Evidence, evidenceOf, RATE_CAUSES, rateCauseOf } from './evidence.js'
import { floorOf } from './floor.js'
import { fixed, proportion } from './format.js'
import { type LedgerLine, largestOf, ledgerOf, MEANINGS, segmentName } from './ledger.js'
import { code } from './markdown-text.js'
import { firstPhaseOf } from './perf-stat.js'
import { figureOf, ROLES, schedOf } from './sched.js'
import { spreadText } from './spread.js'

/** A sentence names as many rows; the others are in the tables. */
const NAMED_ROWS = 6

function enumerated(parts: readonly string[]): string {
  const more = parts.length - NAMED_ROWS
  return [...parts.slice(0, NAMED_ROWS), ...(more > 0 ? [`${more} more`] : [])].join('; ')
}

/** One sentence over the rows of which there is something to say; none where there is none. */
function sentence(begin: string, said: readonly string[], end = ''): readonly string[] {
  return said.length === 0 ? [] : [`${begin}: ${enumerated(said)}${end}.`]
}

function percent(share: number): string {
  // Told apart from 0 and from 100 %, as in the tables.
  const decimals = Math.max(1, proportion(share).length - 4)
  return (100 * share).toFixed(decimals)
}

const perSecond = (rate: number) => fixed(rate, 0)
const milliseconds = (ns: number) => fixed(ns / 1e6, 3)

function defined<Value>(values: readonly (Value | undefined)[]): readonly Value[] {
  return values.filter((value) => value !== undefined)
}

/** Which sums of a phase a cause was judged by, and what they are. */
const CAUSE_SUMS: Readonly<Record<RateCause, readonly (readonly [keyof PhaseRecord, string])[]>> = {
  pacer: [['late_ns', 'woken late']],
  'back-pressure': [['blocked_ns', 'waited for room']],
  cpu: [
    ['producer_run_delay_ns', 'the producer ready without a CPU'],
    ['consumer_run_delay_ns', 'the consumer'],
  ],
  producer: [],
}

function sumText(records: readonly MeasuredRecord[], [key, words]: readonly [keyof PhaseRecord, string]): string[] {
  const values = records.flatMap(({ phases, offered }) => {
    const ns = figureOf(phases[0], key)
    return ns === undefined || offered === 0 ? [] : [ns / offered]
  })
  return values.length < records.length ? [] : [`${words} ${spreadText(values, (ns) => fixed(ns / 1e3, 1))} µs an item`]
}

/** The causes that were recorded, each with in how many replicates and what it was judged by. */
function causesText(measured: readonly MeasuredRecord[]): string {
  const causes = [...new Set(defined(measured.map(rateCauseOf)))]
  const texts = causes.map((cause) => {
    const held = measured.filter((record) => rateCauseOf(record) === cause)
    const sums = CAUSE_SUMS[cause].flatMap((part) => sumText(held, part))
    return [`${RATE_CAUSES[cause]} in ${held.length} of ${measured.length}`, ...sums].join(', ')
  })
  return texts.length === 0 ? '' : ` (${texts.join('; ')})`
}

function rates(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, measured }) => {
    const planned = defined(measured.map(({ planned_ops_s }) => planned_ops_s))
    const ratios = defined(measured.map(({ rate_ratio }) => rate_ratio))
    if (planned.length < measured.length || ratios.length < measured.length) return []
    const offered = measured.map(({ offered_ops_s }) => offered_ops_s)
    const figures = `${spreadText(offered, perSecond)} of ${perSecond(planned[0] as number)}, ratio ${spreadText(ratios, proportion)}`
    return [`${name} ${figures}${causesText(measured)}`]
  })
  return sentence('Offered of planned items per second', said)
}

function invalid(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, measured }) => {
    const count = measured.filter((record) => record.invalid !== undefined).length
    return count === 0 ? [] : [`${name} ${count} of ${measured.length}`]
  })
  return sentence('Replicates whose figures are not those of the experiment asked for', said)
}

function failures(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, cell, measured }) =>
    measured.length === cell.records.length ? [] : [`${name} ${measured.length} of ${cell.records.length}`],
  )
  return sentence('Replicates that the figures rest on, the others failed', said)
}

function drops(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, measured }) => {
    if (measured.every(({ dropped }) => dropped === 0)) return []
    const rates = measured.map(({ drop_rate }) => drop_rate)
    return [`${name} ${spreadText(rates, percent)} %`]
  })
  return sentence('Dropped of the offered items', said, '; percentiles are of the delivered ones only')
}

/** Context switches of both threads, with what they can be divided by. */
interface Switches {
  readonly count: number
  readonly wallS: number
  readonly cpuS: number | undefined
  readonly items: number
}

function countOf(events: readonly PerfStatEvent[], pattern: RegExp): number | undefined {
  const value = events.find(({ event }) => pattern.test(event))?.value
  return typeof value === 'number' ? value : undefined
}

function perfSwitches(record: MeasuredRecord): Switches | undefined {
  const phase = firstPhaseOf(record)
  if (phase === undefined || isUnavailable(phase)) return undefined
  // With `:u` perf counts in user space only, where no switch happens.
  const count = countOf(phase.events, /^(context-switches|cs)$/)
  const cpuMs = countOf(phase.events, /^task-clock(:|$)/)
  if (count === undefined) return undefined
  return {
    count,
    wallS: phase.window_ns / 1e9,
    cpuS: cpuMs === undefined ? undefined : cpuMs / 1e3,
    items: record.delivered,
  }
}

function schedSwitches(record: MeasuredRecord): Switches | undefined {
  const phase = schedOf(record)
  if (phase === undefined) return undefined
  const total = (group: 'switches' | 'run', names: readonly string[]) => {
    const values = ROLES.flatMap((role) => names.map((name) => figureOf(phase.threads[role][group], name)))
    return values.includes(undefined) ? undefined : sum([...defined(values)])
  }
  const count = total('switches', ['voluntary', 'involuntary'])
  const cpuNs = total('run', ['cpu_ns'])
  if (count === undefined) return undefined
  const cpuS = cpuNs === undefined ? undefined : cpuNs / 1e9
  return { count, wallS: phase.wall_ns / 1e9, cpuS, items: phase.delivered }
}

/** Totals over replicates by one another, as in the block of perf's counts. */
function switchesText(found: readonly Switches[]): string {
  const count = sum(found.map(({ count }) => count))
  const per = (words: string, parts: readonly (number | undefined)[]) => {
    const divisor = parts.includes(undefined) ? 0 : sum([...defined(parts)])
    return divisor === 0 ? [] : [`${fixed(count / divisor, words === 'item' ? 2 : 0)} per ${words}`]
  }
  return [
    ...per(
      'wall second',
      found.map(({ wallS }) => wallS),
    ),
    ...per(
      'CPU-second',
      found.map(({ cpuS }) => cpuS),
    ),
    ...per(
      'item',
      found.map(({ items }) => items),
    ),
  ].join(', ')
}

function switches(rows: readonly Evidence[]): readonly string[] {
  const saidBy = (source: (record: MeasuredRecord) => Switches | undefined) =>
    rows.flatMap(({ name, measured }) => {
      const found = defined(measured.map(source))
      return found.length === 0 ? [] : [`${name} ${switchesText(found)}`]
    })
  const perf = saidBy(perfSwitches)
  return perf.length > 0
    ? sentence('Context switches of the two threads, by perf-stat', perf)
    : sentence('Context switches of the two threads, by sched', saidBy(schedSwitches))
}

/** A sentence for each segment that is the largest of some row's worst items. */
function tails(rows: readonly Evidence[]): readonly string[] {
  const said = new Map<string, string[]>()
  for (const { name, cell } of rows) {
    const ledger = ledgerOf(cell)
    if (ledger?.about === undefined || ledger.mismatches > 0) continue
    const line = ledger.lines[1] as LedgerLine
    const { segment, share } = largestOf(line)
    if (share === 0) continue
    const key = `Largest part of the worst 1 % is ${code(segmentName(segment, ledger))}, ${MEANINGS[segment]}`
    said.set(key, [...(said.get(key) ?? []), `${name} ${percent(share)} % of ${milliseconds(line.total)} ms`])
  }
  return [...said].flatMap(([begin, parts]) => sentence(begin, parts))
}

const PERCENTILES = { p50_ns: 'p50', p95_ns: 'p95', p99_ns: 'p99' } as const satisfies Partial<
  Record<keyof Distribution, string>
>

function belowFloor(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, measured }) => {
    const below = (figure: keyof typeof PERCENTILES) =>
      measured.filter((record) => {
        const ns = distributionOf(record, 'latency')?.[figure]
        return ns !== undefined && ns < (floorOf(record) ?? 0)
      })
    const figures = (Object.keys(PERCENTILES) as (keyof typeof PERCENTILES)[]).filter((key) => below(key).length > 0)
    const floors = defined(below('p50_ns').map(floorOf))
    if (floors.length === 0) return []
    const names = figures.map((figure) => PERCENTILES[figure]).join(', ')
    return [`${name} ${names} (floor ${spreadText(floors, (ns) => fixed(ns, 0))} ns)`]
  })
  return sentence('Latency below what the clock of the run can tell', said, '; it is known only as a bound')
}

interface Range {
  readonly name: string
  readonly low: number
  readonly high: number
}

/** The range of p99 over at least two replicates. What lies below its floor may lie anywhere down to 0. */
function p99Of({ name, measured }: Evidence): Range | undefined {
  const readings = measured.flatMap((record) => {
    const ns = distributionOf(record, 'latency')?.p99_ns
    const floor = floorOf(record) ?? 0
    if (ns === undefined) return []
    return [ns < floor ? { low: 0, high: floor } : { low: ns, high: ns }]
  })
  if (readings.length < 2) return undefined
  return {
    name,
    low: Math.min(...readings.map(({ low }) => low)),
    high: Math.max(...readings.map(({ high }) => high)),
  }
}

/** Groups of ranges that share a value, as large as can be: such a group begins where one of its ranges does. */
function overlapping(ranges: readonly Range[]): readonly (readonly Range[])[] {
  const groups = [...new Set(ranges.map(({ low }) => low))].map((at) =>
    ranges.filter(({ low, high }) => low <= at && at <= high),
  )
  return groups.filter(
    (group) =>
      group.length > 1 &&
      !groups.some((other) => other.length > group.length && group.every((range) => other.includes(range))),
  )
}

function overlaps(rows: readonly Evidence[]): readonly string[] {
  const said = overlapping(defined(rows.map(p99Of))).map((group) =>
    group.map(({ name, low, high }) => `${name} ${milliseconds(low)}–${milliseconds(high)}`).join(', '),
  )
  return sentence('Ranges of p99 in ms that overlap, and so do not tell these rows apart', said)
}

function withoutSpread(rows: readonly Evidence[]): readonly string[] {
  const alone = rows.filter(({ measured }) => measured.length === 1)
  if (alone.length === 0) return []
  const names = alone.length === rows.length ? 'every row' : enumerated(alone.map(({ name }) => name))
  return [`**One replicate has no spread** (${names}): nothing follows from a difference between rows.`]
}

function contamination(rows: readonly Evidence[]): readonly string[] {
  const said = rows.flatMap(({ name, measured }) => {
    const { judged, of } = contaminationIn(measured)
    return of === 0 ? [] : [`${name} ${of} of ${judged}`]
  })
  return sentence('Contaminated replicates, which are in the figures', said)
}

function notCounted(rows: readonly Evidence[]): readonly string[] {
  const phases = rows.flatMap(({ measured }) => defined(measured.map(firstPhaseOf)))
  const events = phases.flatMap((phase) => (isUnavailable(phase) ? [] : phase.events))
  const counted = new Set(events.filter(({ value }) => typeof value === 'number').map(({ event }) => event))
  const missing = [...new Set(events.map(({ event }) => event))].filter((event) => !counted.has(event))
  const isCache = (event: string) => /cache/i.test(event)
  const ofCaches = missing.some(isCache) && ![...counted].some(isCache)
  return sentence(
    'Events that perf could not count',
    missing.length === 0 ? [] : [missing.map(code).join(', ')],
    ofCaches ? '; nothing is known of cache behaviour' : '; nothing is known of them',
  )
}

const TOPICS = [
  failures,
  invalid,
  withoutSpread,
  rates,
  drops,
  overlaps,
  belowFloor,
  tails,
  switches,
  contamination,
  notCounted,
]

/**
 * What the stored evidence says, in sentences of Markdown, each with the figures that it rests on: medians over
 * replicates with their range. They say what is and why it was recorded so; they judge no difference between rows.
 * Nothing is said of what was not measured.
 *
 * @example
 * takeaways(records)[0] // '**One replicate has no spread** (every row): nothing follows from a difference between rows.'
 */
export function takeaways(records: readonly ResultRecord[]): readonly string[] {
  const rows = evidenceOf(records)
  return rows.length === 0 ? [] : TOPICS.flatMap((topic) => topic(rows))
}
