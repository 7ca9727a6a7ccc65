import type { MaxRateResult, ResultRecord } from '@spsc/core'
import { certificateSection } from './certificate-table.js'
import { whyUnavailable } from './distribution.js'
import { fixed } from './format.js'
import { groundItems } from './ground.js'
import { headBlocks, otherSettings } from './head.js'
import { ledgerSection } from './ledger-table.js'
import { maxRateSection } from './max-rate.js'
import { nextSteps } from './next-steps.js'
import { residualOf } from './offered.js'
import { offeredSection } from './offered-section.js'
import { perfBlocks } from './perf-block.js'
import { perfStatGaps } from './perf-stat.js'
import { responseSection } from './response.js'
import { tableBlock } from './results-table.js'
import { tableOf } from './rows.js'
import { schedGapLines, schedSection } from './sched-table.js'
import {
  type Block,
  cellName,
  code,
  type Inline,
  inline,
  listOf,
  type PictureBlock,
  paragraphs,
  type Section,
  sectionOf,
} from './section.js'
import { slackText } from './slack.js'
import { takeaways } from './takeaways.js'
import { courseGaps } from './windows.js'

export interface ReportOptions {
  /** Name of the run, as in `NAME_metrics.csv`. */
  readonly name: string
  /** Numbers of the lines of the results file that could not be read. */
  readonly skipped?: readonly number[]
  /** What searches for the highest rate have come to. */
  readonly maxRate?: readonly MaxRateResult[]
  /** In the order shown; none: no section of plots. */
  readonly pictures?: readonly PictureBlock[]
}

function replicateName(record: ResultRecord): Inline {
  return inline`${cellName(record)}, replicate ${record.replicate}`
}

function seedText(records: readonly ResultRecord[]): string {
  const seeds = [...new Set(records.map(({ seed }) => seed))]
  return seeds.length === 1 ? `${seeds[0]}` : 'several, in the CSV'
}

function isSaturating(record: ResultRecord): boolean {
  return record.status === 'ok' && record.phases.some(({ name }) => name === 'throughput')
}

function method(records: readonly ResultRecord[]): readonly Inline[] {
  if (records.length === 0) return []
  const twoPhases =
    'At interval 0 ops/s comes from a phase without time stamps, latencies from a second phase that samples items at random.'
  return [
    'Percentiles are taken per replicate, by nearest rank; a figure is the median of those, with the lowest and the highest replicate in parentheses.',
    ...otherSettings(records),
    `Seed: ${seedText(records)}.`,
    ...slackText(records),
    ...groundItems(records),
    ...littlesLawItems(records),
    ...(records.some(isSaturating) ? [twoPhases] : []),
  ]
}

/** What the check of stamps against counts came to. */
function littlesLawItems(records: readonly ResultRecord[]): readonly Inline[] {
  const residuals = records.flatMap((record) => residualOf(record) ?? [])
  if (residuals.length === 0) return []
  const largest = Math.max(...residuals.map(Math.abs))
  return [
    inline`Little's law, L = λW, of stamps against counts: off by at most ${fixed(100 * largest, 1)} % in ${residuals.length} of ${records.length} replicates looked at; beyond 1 % a replicate is invalid.`,
  ]
}

function failures(records: readonly ResultRecord[]): readonly Inline[] {
  return records.flatMap((record) =>
    record.status === 'failed' ? [inline`${replicateName(record)}: ${record.error.code}: ${record.error.message}`] : [],
  )
}

function gaps(records: readonly ResultRecord[]): readonly Inline[] {
  return records.flatMap((record) => {
    const reason = whyUnavailable(record)
    return [
      ...(reason === undefined ? [] : [inline`${replicateName(record)}: latency unavailable: ${reason}`]),
      ...perfStatGaps(record).map((gap) => inline`${replicateName(record)}: perf-stat: ${gap}`),
    ]
  })
}

function warnings(records: readonly ResultRecord[], skipped: readonly number[]): readonly Inline[] {
  const counts = new Map<string, number>()
  for (const warning of records.flatMap((record) => record.warnings))
    counts.set(warning, (counts.get(warning) ?? 0) + 1)
  const told = [...counts].map(([warning, count]) => (count === 1 ? warning : `${warning} (${count} times)`))
  if (skipped.length === 0) return told
  return [
    ...told,
    `Lines of the results file skipped, since they are no record: ${skipped.length} (number ${skipped.join(', ')}).`,
  ]
}

function results(records: readonly ResultRecord[], { name, maxRate = [] }: ReportOptions): readonly Section[] {
  const table = records.length === 0 ? paragraphs('No replicate is stored.') : [tableBlock(tableOf(records))]
  const more: Block = { note: inline`See ${code(`${name}_metrics.csv`)} for every replicate.` }
  const searches = maxRateSection(maxRate)
  return [{ title: '', blocks: [...headBlocks(records), ...table, more] }, ...searches]
}

/**
 * What a report says, in the shape of the seed's document: goal, scenarios, metrics and the table, which have no heading;
 * then section by section pictures, what collectors of ours stored, what failed or could not be measured, warnings,
 * takeaways, next steps, and how it was measured.
 */
export function reportSections(records: readonly ResultRecord[], options: ReportOptions): readonly Section[] {
  const { skipped = [], pictures = [] } = options
  return [
    ...results(records, options),
    ...responseSection(records),
    ...offeredSection(records),
    ...sectionOf(
      'Plots',
      pictures.map((picture) => ({ picture })),
    ),
    ...ledgerSection(records),
    ...sectionOf(
      'Performance counters',
      perfBlocks(records).map((verbatim) => ({ verbatim })),
      'What perf counted',
    ),
    ...schedSection(records),
    ...sectionOf('Failed', listOf(failures(records))),
    ...sectionOf('Not measured', listOf([...gaps(records), ...courseGaps(records), ...schedGapLines(records)])),
    ...sectionOf('Warnings', listOf(warnings(records, skipped))),
    ...sectionOf('Takeaways', listOf(takeaways(records))),
    ...sectionOf('Next steps', listOf(nextSteps(records))),
    ...sectionOf('How it was measured', listOf(method(records))),
    ...certificateSection(records),
  ]
}
