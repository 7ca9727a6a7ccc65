import type { MaxRateResult, ResultRecord } from '@spsc/core'
import { cellsOf } from './cells.js'
import { groundNotes } from './ground.js'
import { toLedgerTable } from './ledger-table.js'
import { maxRateText } from './max-rate.js'
import { offeredText } from './offered-section.js'
import { perfText } from './perf-block.js'
import { schedText } from './sched-table.js'
import { type TableOptions, toTable } from './terminal.js'

export interface SummaryOptions extends TableOptions {
  /** What searches for the highest rate have come to. */
  readonly maxRate?: readonly MaxRateResult[]
}

/**
 * What a terminal shows of a run: the table, what became of the offered items where some were dropped or have a deadline,
 * where it was measured if in a guest, what searches have come to in a line each, then what each collector of ours stored
 * of the rows that the table shows. All but the lines of searches have at most 80 columns.
 *
 * @example
 * process.stdout.write(toSummary(records))
 */
export function toSummary(
  records: readonly ResultRecord[],
  { maxRows = Number.POSITIVE_INFINITY, maxRate = [] }: SummaryOptions = {},
): string {
  const shown = cellsOf(records)
    .slice(0, maxRows)
    .flatMap((cell) => cell.records)
  const [answers, ledger] = [maxRateText(maxRate), toLedgerTable(shown)]
  return [
    toTable(records, { maxRows }),
    offeredText(shown),
    groundNotes(records),
    answers && `\n${answers}`,
    ledger && `\n${ledger}`,
    perfText(shown),
    schedText(shown),
  ].join('')
}
