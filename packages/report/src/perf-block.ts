import { isUnavailable, type PhaseRecord, type ResultRecord } from '@spsc/core'
import { mean, sampleStandardDeviation, sum } from 'simple-statistics'
import { type Cell, cellsOf } from './cells.js'
import { fixed } from './format.js'
import { type CountedPhase, perfStatGaps, perfStatOf } from './perf-stat.js'
import { wrap } from './terminal-lines.js'
import { oneLine } from './text.js'

const VALUE_WIDTH = 18
const NAME_WIDTH = 36
const RATES_INDENT = ' '.repeat(6)

/** One replicate's phase: perf's counts, and the items that it delivered. */
interface Sample extends CountedPhase {
  readonly delivered: number
}

/** What an event is also a share of, where that was counted too. */
const PER_EVENT: Readonly<Record<string, readonly [event: string, words: string]>> = {
  instructions: ['cycles', 'per cycle'],
  'cache-misses': ['cache-references', 'per cache reference'],
  'branch-misses': ['branches', 'per branch'],
}

function countOf(sample: Sample, event: string): number | undefined {
  const value = sample.events.find((candidate) => candidate.event === event)?.value
  return typeof value === 'number' ? value : undefined
}

/** Thousands, millions and billions as perf writes them. @example scaled(21_004) // '21.004 K' */
function scaled(value: number): string {
  const [unit, suffix] = (
    [
      [1e9, ' G'],
      [1e6, ' M'],
      [1e3, ' K'],
    ] as const
  ).find(([size]) => value >= size) ?? [1, '']
  return `${fixed(value / unit, suffix === '' ? 2 : 3)}${suffix}`
}

/** A mean in the event's unit: a number of occurrences has no decimals unless it is small. */
function average(values: readonly number[], unit: string): string {
  const value = mean([...values])
  return unit === '' && Number.isInteger(value) ? `${value}` : fixed(value, unit === '' ? 0 : 2)
}

/** The standard error of the mean, in percent of the mean: what `perf stat -r` prints after its `+-`. */
function spread(values: readonly number[]): string {
  const middle = values.length > 1 ? mean([...values]) : 0
  if (middle === 0) return ''
  const percent = (100 * sampleStandardDeviation([...values])) / Math.sqrt(values.length) / middle
  return `( +- ${percent.toFixed(2).padStart(5)}% )`
}

/** Totals over replicates divided by one another, each with the name of what it was divided by. */
function ratesOf(event: string, unit: string, samples: readonly Sample[]): string[] {
  const total = (of: (sample: Sample) => number | undefined) => {
    const values = samples.map(of).filter((value) => value !== undefined)
    return values.length === samples.length ? sum(values) : undefined
  }
  const count = total((sample) => countOf(sample, event)) ?? 0
  const per = (words: string, divisor: number | undefined) =>
    divisor === undefined || divisor === 0 ? [] : [`${scaled(count / divisor)} ${words}`]
  const wallS = sum(samples.map(({ window_ns }) => window_ns / 1e9))
  if (unit === 'msec') return [`${fixed(count / 1e3 / wallS, 3)} CPUs utilized`]
  if (unit !== '') return []
  const clock = samples[0]?.events.find(({ event }) => /^task-clock(:|$)/.test(event))?.event ?? ''
  const cpuMs = total((sample) => countOf(sample, clock))
  const [other, words] = PER_EVENT[event] ?? ['', '']
  return [
    ...per('per CPU-second', cpuMs === undefined ? undefined : cpuMs / 1e3),
    ...per('per wall second', wallS),
    ...per('per item', sum(samples.map(({ delivered }) => delivered))),
    ...per(
      words,
      total((sample) => countOf(sample, other)),
    ),
  ]
}

function notCounted(samples: readonly Sample[], event: string): string {
  const values = samples.flatMap(({ events }) => events.filter((candidate) => candidate.event === event))
  const words = values.find(({ value }) => typeof value === 'string')?.value
  return typeof words === 'string' ? oneLine(words) : '<unavailable>'
}

/** How much of perf's figure is extrapolated, and how many replicates have it: nothing where all is as it should be. */
function caveats(event: string, counted: readonly Sample[], samples: readonly Sample[]): string[] {
  const shares = counted.map(({ events }) => events.find((e) => e.event === event)?.running_share ?? 1)
  const share = Math.min(...shares)
  return [
    ...(share < 0.9999 ? [`scaled: it had a counter for ${(100 * share).toFixed(1)} % of its time`] : []),
    ...(counted.length < samples.length ? [`mean of ${counted.length} of ${samples.length} runs`] : []),
  ]
}

function eventLines(event: string, samples: readonly Sample[]): string[] {
  const name = oneLine(event)
  const counted = samples.filter((sample) => countOf(sample, event) !== undefined)
  const unit = counted[0]?.events.find((candidate) => candidate.event === event)?.unit ?? ''
  const line = (value: string, after: string) =>
    `${value.padStart(VALUE_WIDTH)} ${oneLine(unit).padEnd(4)} ${name.padEnd(NAME_WIDTH)} ${after}`.trimEnd()
  if (counted.length === 0) return [line(notCounted(samples, event), '')]
  const values = counted.map((sample) => countOf(sample, event) as number)
  const rates = [...ratesOf(event, unit, counted), ...caveats(event, counted, samples)]
  return [line(average(values, unit), spread(values)), ...wrap(rates, `${RATES_INDENT}# `, { glue: ' · ' })]
}

function windowLine(samples: readonly Sample[]): string {
  const seconds = samples.map(({ window_ns }) => window_ns / 1e9)
  const value = fixed(mean(seconds), 6).padStart(VALUE_WIDTH)
  return `${value}      ${'wall seconds of the measured window'.padEnd(NAME_WIDTH)} ${spread(seconds)}`.trimEnd()
}

/** What the process did besides: part of what `perf stat -p` counts, and of no figure above. */
function othersText(events: readonly string[], samples: readonly Sample[]): string[] {
  const texts = events.flatMap((name) => {
    const found = samples.flatMap((sample) => sample.events.filter(({ event }) => event === name))
    const values = found.map(({ others }) => others).filter((value) => typeof value === 'number')
    if (values.length < samples.length) return []
    const unit = found[0]?.unit ?? ''
    return [oneLine(`${average(values, unit)} ${unit} ${name}`.replace('  ', ' '))]
  })
  return texts.length === 0 ? [] : [`Not in these figures, the process's other threads: ${texts.join(', ')}.`]
}

/** Words on what the figures are and what they don't say. */
function notes(events: readonly string[], samples: readonly Sample[]): string[] {
  const uncounted = events.filter((event) => samples.every((sample) => countOf(sample, event) === undefined))
  const texts = [
    'Per item: per item delivered. CPU-seconds: those of the two threads (task-clock).',
    'Counting lengthens each context switch: take latencies from a run without it.',
    ...othersText(events, samples),
    ...(samples.length > 1 ? ['+-: standard error of the mean.'] : []),
    ...(uncounted.length > 0
      ? [`Nothing is known here of ${uncounted.map(oneLine).join(', ')}: no count is not a count of 0.`]
      : []),
  ]
  return texts.flatMap((text) => wrap(text.split(' '), ' '))
}

function title({ scenario, queue }: Cell, runs: number, phase: string): string[] {
  const cell = `\`${oneLine(scenario)}\` on \`${oneLine(queue)}\``
  const text = `Performance counter stats for ${cell} (${runs} ${runs === 1 ? 'run' : 'runs'}, ${oneLine(phase)}):`
  return wrap(text.split(' '), ' ')
}

function phaseBlock(cell: Cell, phase: string, samples: readonly Sample[]): string {
  const events = [...new Set(samples.flatMap((sample) => sample.events.map(({ event }) => event)))]
  return [
    ...title(cell, samples.length, phase),
    '',
    ...events.flatMap((event) => eventLines(event, samples)),
    '',
    windowLine(samples),
    '',
    ...notes(events, samples),
  ].join('\n')
}

function samplesOf(record: ResultRecord): readonly Sample[] {
  const data = perfStatOf(record)
  if (record.status === 'failed' || data === undefined || isUnavailable(data)) return []
  return data.flatMap((phase) => {
    const stored = record.phases.find(({ name }: PhaseRecord) => name === phase.phase)
    return isUnavailable(phase) || stored === undefined ? [] : [{ ...phase, delivered: stored.delivered }]
  })
}

/**
 * What `perf stat` counted, in perf's own form and in lines of at most 80 columns: a block for each scenario, queue and
 * measured phase. A figure is the mean over replicates. Each rate is total by total and says what it is divided by,
 * which perf's `/sec` (per second of CPU time) does not.
 *
 * @example
 * perfBlocks(records)[0]
 * //  Performance counter stats for `baseline` on `native` (5 runs, paced):
 * //
 * //              9253      context-switches                     ( +-  1.63% )
 * //       # 21.004 K per CPU-second · 924.33 per wall second · 2.07 per item
 */
export function perfBlocks(records: readonly ResultRecord[]): readonly string[] {
  return cellsOf(records).flatMap((cell) => {
    const samples = cell.records.flatMap(samplesOf)
    const phases = [...new Set(samples.map(({ phase }) => phase))]
    return phases.map((phase) =>
      phaseBlock(
        cell,
        phase,
        samples.filter((sample) => sample.phase === phase),
      ),
    )
  })
}

/** The same for a terminal, with why something was not counted; empty where `perf-stat` was not asked. */
export function perfText(records: readonly ResultRecord[]): string {
  const reasons = [...new Set(records.flatMap(perfStatGaps))]
  const gaps = reasons.map((reason) => wrap(`perf-stat not measured: ${oneLine(reason)}`.split(' '), ' ').join('\n'))
  return [...perfBlocks(records), ...gaps].map((block) => `\n${block}\n`).join('')
}
