import { type MaxRateResult, type ResultRecord, type Scenario, SETTINGS, type Setting } from '@spsc/core'
import { type Cell, cellsOf } from './cells.js'
import { certificateSection } from './certificate-table.js'
import { whyUnavailable } from './distribution.js'
import { ledgerSection } from './ledger-table.js'
import { responseBlocks } from './markdown-response.js'
import { markdownRows } from './markdown-table.js'
import { code, literal } from './markdown-text.js'
import { maxRateBlocks } from './max-rate.js'
import { perfBlocks } from './perf-block.js'
import { perfStatGaps } from './perf-stat.js'
import { tableOf } from './rows.js'
import { schedGapLines, schedSection } from './sched-table.js'
import { slackText } from './slack.js'

export interface ReportPicture {
  /** Its file, in the folder of the report. */
  readonly file: string
  /** What it shows, in words. */
  readonly alt: string
}

export interface ReportOptions {
  /** Name of the run, as in `NAME_metrics.csv`. */
  readonly name: string
  /** Numbers of the lines of the results file that could not be read. */
  readonly skipped?: readonly number[]
  /** What searches for the highest rate have come to. */
  readonly maxRate?: readonly MaxRateResult[]
  /** In the order shown; none: no section of plots. */
  readonly pictures?: readonly ReportPicture[]
}

function list(items: readonly string[]): string {
  return items.map((item) => `- ${item}`).join('\n')
}

function cellName({ scenario, queue }: Pick<Cell, 'scenario' | 'queue'>): string {
  return `${code(scenario)} on ${code(queue)}`
}

function replicateName(record: ResultRecord): string {
  return `${cellName(record)}, replicate ${record.replicate}`
}

function countText(cells: readonly Cell[]): string {
  const counts = cells.map(({ records }) => records.length)
  const [fewest, most] = [Math.min(...counts), Math.max(...counts)]
  return `${fewest === most ? most : `${fewest} to ${most}`} per row`
}

function setting(config: Scenario, key: Setting): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${config[key] ?? 'unknown'}`
}

/** Settings as flags: those that all rows share once, the others row by row. */
function settingsText(cells: readonly Cell[]): readonly string[] {
  const configs = cells.map(({ records }) => (records[0] as ResultRecord).config)
  const [first] = configs
  if (first === undefined) return []
  const shared = SETTINGS.filter((key) => configs.every((config) => config[key] === first[key]))
  const differing = SETTINGS.filter((key) => !shared.includes(key))
  const flags = (config: Scenario, keys: readonly Setting[]) => code(keys.map((key) => setting(config, key)).join(' '))
  return [
    `Settings${differing.length > 0 ? ' of all rows' : ''}: ${flags(first, shared)}`,
    ...(differing.length > 0
      ? cells.map((cell, row) => `${cellName(cell)}: ${flags(configs[row] as Scenario, differing)}`)
      : []),
  ]
}

function seedText(records: readonly ResultRecord[]): string {
  const seeds = [...new Set(records.map(({ seed }) => seed))]
  return seeds.length === 1 ? `${seeds[0]}` : 'several, in the CSV'
}

function isSaturating(record: ResultRecord): boolean {
  return record.status === 'ok' && record.phases.some(({ name }) => name === 'throughput')
}

function hasNoSpread({ records }: Cell): boolean {
  return records.filter(({ status }) => status === 'ok').length === 1
}

function method(records: readonly ResultRecord[]): string {
  const cells = cellsOf(records)
  const queues = [...new Set(cells.map(({ queue }) => queue))]
  const lines = [
    'Latency is push to pop: from the call of push to the return of pop, of delivered items only. Dropped items have no latency, so read it beside the drop rate (dropped / offered).',
    'ops/s is delivered items per wall second.',
    'Percentiles are taken per replicate, by nearest rank; a figure is the median of those, with the lowest and the highest replicate in parentheses.',
    `Queue: ${queues.map(code).join(', ')}. Replicates: ${countText(cells)}. Seed: ${seedText(records)}.`,
    ...settingsText(cells),
    ...slackText(records),
  ]
  if (records.some(isSaturating)) {
    lines.push(
      'At interval 0 ops/s comes from a phase without time stamps, latencies from a second phase that samples items at random.',
    )
  }
  if (cells.some(hasNoSpread)) {
    lines.push(
      '**One replicate has no spread**: a difference between two rows can be chance. Measure with `--replicates 10`.',
    )
  }
  return list(lines)
}

function failures(records: readonly ResultRecord[]): readonly string[] {
  return records.flatMap((record) =>
    record.status === 'failed'
      ? [`${replicateName(record)}: ${literal(record.error.code)}: ${literal(record.error.message)}`]
      : [],
  )
}

function gaps(records: readonly ResultRecord[]): readonly string[] {
  return records.flatMap((record) => {
    const reason = whyUnavailable(record)
    return [
      ...(reason === undefined ? [] : [`${replicateName(record)}: latency unavailable: ${literal(reason)}`]),
      ...perfStatGaps(record).map((gap) => `${replicateName(record)}: perf-stat: ${literal(gap)}`),
    ]
  })
}

function warnings(records: readonly ResultRecord[], skipped: readonly number[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const warning of records.flatMap((record) => record.warnings))
    counts.set(warning, (counts.get(warning) ?? 0) + 1)
  const told = [...counts].map(([warning, count]) =>
    count === 1 ? literal(warning) : `${literal(warning)} (${count} times)`,
  )
  if (skipped.length === 0) return told
  return [
    ...told,
    `Lines of the results file skipped, since they are no record: ${skipped.length} (number ${skipped.join(', ')}).`,
  ]
}

/** Relative, and encoded whole: no name of a run can lead elsewhere. */
function plots(pictures: readonly ReportPicture[]): readonly string[] {
  if (pictures.length === 0) return []
  return ['## Plots', ...pictures.map(({ file, alt }) => `![${literal(alt)}](${encodeURIComponent(file)})`)]
}

function section(title: string, items: readonly string[]): readonly string[] {
  return items.length === 0 ? [] : [`## ${title}`, list(items)]
}

function perfSection(records: readonly ResultRecord[]): readonly string[] {
  const blocks = perfBlocks(records).map((block) => `\`\`\`text\n${block}\n\`\`\``)
  return blocks.length === 0 ? [] : ['## Performance counters', ...blocks]
}

/**
 * `NAME_report.md` (GitHub-flavoured Markdown): the seed's table, its pictures, what collectors of ours stored, what
 * failed or could not be measured, warnings, and how it was measured. Names and messages are escaped.
 *
 * @example
 * toMarkdown(records, { name: 't000' })
 */
export function toMarkdown(
  records: readonly ResultRecord[],
  { name, skipped = [], maxRate = [], pictures = [] }: ReportOptions,
): string {
  const blocks = [
    `# ${literal(name)} — Results`,
    records.length === 0 ? 'No replicate is stored.' : markdownRows(tableOf(records)),
    ...maxRateBlocks(maxRate),
    `> See ${code(`${name}_metrics.csv`)} for every replicate.`,
    ...responseBlocks(records),
    ...plots(pictures),
    ...ledgerSection(records),
    ...perfSection(records),
    ...schedSection(records),
    ...section('Failed', failures(records)),
    ...section('Not measured', [...gaps(records), ...schedGapLines(records)]),
    ...section('Warnings', warnings(records, skipped)),
    ...(records.length === 0 ? [] : ['## How it was measured', method(records)]),
    ...certificateSection(records),
  ]
  return `${blocks.join('\n\n')}\n`
}
