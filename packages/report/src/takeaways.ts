import type { MeasuredRecord, PhaseRecord, RateCause, ResultRecord } from '@spsc/core'
import { perfSwitches, type Switches, schedSwitches, switchesText } from './context-switches.js'
import { type Distribution, distributionOf } from './distribution.js'
import { contaminationIn, type Evidence, evidenceOf, perfEventsIn, RATE_CAUSES, rateCauseOf } from './evidence.js'
import { floorOf } from './floor.js'
import { fixed, proportion } from './format.js'
import { type LedgerLine, largestOf, ledgerOf, MEANINGS, segmentName } from './ledger.js'
import { spreadText } from './median-range.js'
import { overlapping, p99RangeOf } from './p99-ranges.js'
import { figureOf } from './sched.js'
import { code, type Inline, inline, joined, strong } from './section.js'

/** A sentence names as many rows; the others are in the tables. */
const NAMED_ROWS = 6

function enumerated(parts: readonly Inline[], glue = '; '): Inline {
  const more = parts.length - NAMED_ROWS
  return joined([...parts.slice(0, NAMED_ROWS), ...(more > 0 ? [`${more} more`] : [])], glue)
}

/** One sentence over the rows of which there is something to say; none where there is none. */
function sentence(begin: Inline, said: readonly Inline[], end = ''): readonly Inline[] {
  return said.length === 0 ? [] : [inline`${begin}: ${enumerated(said)}${end}.`]
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

function rates(rows: readonly Evidence[]): readonly Inline[] {
  const said = rows.flatMap(({ name, measured }) => {
    const planned = measured[0]?.planned_ops_s
    const ratios = defined(measured.map(({ rate_ratio }) => rate_ratio))
    if (planned === undefined || ratios.length < measured.length) return []
    const offered = measured.map(({ offered_ops_s }) => offered_ops_s)
    return [
      inline`${name} ${spreadText(offered, perSecond)} of ${perSecond(planned)}, ratio ${spreadText(ratios, proportion)}`,
    ]
  })
  return sentence('Offered of the planned items per second', said)
}

/** The sums of a phase that a cause was judged by, and what they are of. */
const CAUSE_SUMS: Readonly<Record<RateCause, readonly (readonly [key: keyof PhaseRecord, words: string])[]>> = {
  pacer: [['late_ns', 'the producer woken late by']],
  'back-pressure': [['blocked_ns', 'pushes waiting for room for']],
  cpu: [
    ['producer_run_delay_ns', 'the producer ready without one for'],
    ['consumer_run_delay_ns', 'the consumer for'],
  ],
  producer: [],
}

/** Microseconds an item; nothing where a replicate has no such sum. */
function perItem(records: readonly MeasuredRecord[], key: keyof PhaseRecord): string | undefined {
  const values = records.map(({ phases, offered }) => {
    const ns = figureOf(phases[0], key)
    return ns === undefined || offered === 0 ? undefined : ns / offered
  })
  return values.includes(undefined) ? undefined : spreadText(defined(values), (ns) => fixed(ns / 1e3, 1))
}

/** A sentence for each cause that was recorded. */
function causes(rows: readonly Evidence[]): readonly Inline[] {
  return (Object.keys(RATE_CAUSES) as RateCause[]).flatMap((cause) => {
    const said = rows.flatMap(({ name, measured }) => {
      const kept = measured.filter((record) => rateCauseOf(record) === cause)
      if (kept.length === 0) return []
      const sums = CAUSE_SUMS[cause].flatMap(([key, words]) => {
        const figure = perItem(kept, key)
        return figure === undefined ? [] : [`${words} ${figure} µs an item`]
      })
      return [joined([inline`${name} in ${kept.length} of ${measured.length} replicates`, ...sums], ', ')]
    })
    return sentence(`Recorded as what kept the producer from its rate, ${RATE_CAUSES[cause]}`, said)
  })
}

function invalid(rows: readonly Evidence[]): readonly Inline[] {
  const said = rows.flatMap(({ name, measured }) => {
    const count = measured.filter((record) => record.invalid !== undefined).length
    return count === 0 ? [] : [inline`${name} ${count} of ${measured.length}`]
  })
  return sentence('Replicates whose figures are not those of the experiment asked for', said)
}

function failures(rows: readonly Evidence[]): readonly Inline[] {
  const said = rows.flatMap(({ name, cell, measured }) =>
    measured.length === cell.records.length ? [] : [inline`${name} ${measured.length} of ${cell.records.length}`],
  )
  return sentence('Replicates that the figures rest on, the others failed', said)
}

function drops(rows: readonly Evidence[]): readonly Inline[] {
  const said = rows.flatMap(({ name, measured }) => {
    if (measured.every(({ dropped }) => dropped === 0)) return []
    const rates = measured.map(({ drop_rate }) => drop_rate)
    return [inline`${name} ${spreadText(rates, percent)} %`]
  })
  return sentence('Dropped of the offered items', said, '; percentiles are of the delivered ones only')
}

function switches(rows: readonly Evidence[]): readonly Inline[] {
  const saidBy = (source: (record: MeasuredRecord) => Switches | undefined) =>
    rows.flatMap(({ name, measured }) => {
      const found = defined(measured.map(source))
      return found.length === 0 ? [] : [inline`${name} ${switchesText(found)}`]
    })
  const perf = saidBy(perfSwitches)
  return perf.length > 0
    ? sentence('Context switches of the two threads, by perf-stat', perf)
    : sentence('Context switches of the two threads, by sched', saidBy(schedSwitches))
}

/** A sentence for each segment that is the largest of some row's worst items. */
function tails(rows: readonly Evidence[]): readonly Inline[] {
  const said = new Map<string, { readonly begin: Inline; readonly parts: Inline[] }>()
  for (const { name, cell } of rows) {
    const ledger = ledgerOf(cell)
    if (ledger?.about === undefined || ledger.mismatches > 0) continue
    const { segment, share } = largestOf(ledger.lines[1] as LedgerLine)
    if (share === 0) continue
    const totals = ledger.ledgers.map(({ data }) => data.worst.mean_total_ns)
    const called = segmentName(segment, ledger)
    const begin = inline`Largest part of the worst 1 % is ${code(called)}, ${MEANINGS[segment]}`
    const { parts } = said.get(called) ?? { parts: [] }
    said.set(called, {
      begin,
      parts: [...parts, inline`${name} ${percent(share)} % of ${spreadText(totals, milliseconds)} ms`],
    })
  }
  return [...said.values()].flatMap(({ begin, parts }) => sentence(begin, parts))
}

const PERCENTILES = { p50_ns: 'p50', p95_ns: 'p95', p99_ns: 'p99' } as const satisfies Partial<
  Record<keyof Distribution, string>
>

function belowFloor(rows: readonly Evidence[]): readonly Inline[] {
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
    return [inline`${name} ${names} (floor ${spreadText(floors, (ns) => fixed(ns, 0))} ns)`]
  })
  return sentence('Latency below what the clock of the run can tell', said, '; it is known only as a bound')
}

function overlaps(rows: readonly Evidence[]): readonly Inline[] {
  const said = overlapping(defined(rows.map(p99RangeOf))).map((group) =>
    enumerated(
      group.map(
        ({ name, low, high }) =>
          inline`${name} ${low === 0 ? 'at most ' : `${milliseconds(low)}–`}${milliseconds(high)}`,
      ),
      ', ',
    ),
  )
  return sentence('Ranges of p99 in ms that overlap, and so do not tell these rows apart', said)
}

function withoutSpread(rows: readonly Evidence[]): readonly Inline[] {
  const alone = rows.filter(({ measured }) => measured.length === 1)
  if (alone.length === 0) return []
  const names = alone.length === rows.length ? 'every row' : enumerated(alone.map(({ name }) => name))
  return [
    inline`${strong('One replicate has no spread')} (${names}): nothing follows from how its figures differ from others.`,
  ]
}

function contamination(rows: readonly Evidence[]): readonly Inline[] {
  const said = rows.flatMap(({ name, measured }) => {
    const { judged, contaminated } = contaminationIn(measured)
    return contaminated === 0 ? [] : [inline`${name} ${contaminated} of ${judged}`]
  })
  return sentence('Contaminated replicates, which are in the figures', said)
}

function notCounted(rows: readonly Evidence[]): readonly Inline[] {
  const { counted, missing } = perfEventsIn(rows)
  if (missing.length === 0) return []
  const isCache = (event: string) => /cache/i.test(event)
  const ofCaches = missing.some(isCache) && !counted.some(isCache)
  const unknown = ofCaches ? 'nothing is known of cache behaviour' : 'nothing is known of them'
  return [inline`Events that perf could not count: ${enumerated(missing.map(code), ', ')}; ${unknown}.`]
}

const TOPICS = [
  failures,
  invalid,
  withoutSpread,
  rates,
  causes,
  drops,
  overlaps,
  belowFloor,
  tails,
  switches,
  contamination,
  notCounted,
]

/**
 * What the stored evidence says, in sentences, each with the figures that it rests on: medians over
 * replicates with their range. A cause stands there only where the record has it, and no difference is judged.
 * Nothing is said of what was not measured.
 *
 * @example
 * takeaways(records)[0]
 * // Offered of the planned items per second: `baseline` 920 (900–940) of 1000, ratio 0.920 (0.900–0.940).
 */
export function takeaways(records: readonly ResultRecord[]): readonly Inline[] {
  const rows = evidenceOf(records)
  return rows.length === 0 ? [] : TOPICS.flatMap((topic) => topic(rows))
}
