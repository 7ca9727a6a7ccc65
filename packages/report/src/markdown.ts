import type { MaxRateResult, ResultRecord } from '@spsc/core'
import { certificateSection } from './certificate-table.js'
import { whyUnavailable } from './distribution.js'
import { ledgerSection } from './ledger-table.js'
import { headBlocks, otherSettings } from './markdown-head.js'
import { responseBlocks } from './markdown-response.js'
import { markdownRows } from './markdown-table.js'
import { cellName, code, literal } from './markdown-text.js'
import { maxRateBlocks } from './max-rate.js'
import { nextSteps } from './next-steps.js'
import { perfBlocks } from './perf-block.js'
import { perfStatGaps } from './perf-stat.js'
import { tableOf } from './rows.js'
import { schedGapLines, schedSection } from './sched-table.js'
import { slackText } from './slack.js'
import { takeaways } from './takeaways.js'

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

function replicateName(record: ResultRecord): string {
  return `${cellName(record)}, replicate ${record.replicate}`
}

function seedText(records: readonly ResultRecord[]): string {
  const seeds = [...new Set(records.map(({ seed }) => seed))]
  return seeds.length === 1 ? `${seeds[0]}` : 'several, in the CSV'
}

function isSaturating(record: ResultRecord): boolean {
  return record.status === 'ok' && record.phases.some(({ name }) => name === 'throughput')
}

function method(records: readonly ResultRecord[]): string {
  const lines = [
    'Percentiles are taken per replicate, by nearest rank; a figure is the median of those, with the lowest and the highest replicate in parentheses.',
    ...otherSettings(records),
    `Seed: ${seedText(records)}.`,
    ...slackText(records),
  ]
  if (records.some(isSaturating)) {
    lines.push(
      'At interval 0 ops/s comes from a phase without time stamps, latencies from a second phase that samples items at random.',
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
 * `NAME_report.md` (GitHub-flavoured Markdown), in the shape of the seed's document: goal, scenarios, metrics, table,
 * pictures, what collectors of ours stored, what failed or could not be measured, warnings, takeaways, next steps, and
 * how it was measured. Names and messages are escaped.
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
    ...headBlocks(records),
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
    ...section('Takeaways', takeaways(records)),
    ...section('Next steps', nextSteps(records)),
    ...(records.length === 0 ? [] : ['## How it was measured', method(records)]),
    ...certificateSection(records),
  ]
  return `${blocks.join('\n\n')}\n`
}
