import type { ResultRecord } from '@spsc/core'
import { toLedgerTable } from './ledger-table.js'
import { perfText } from './perf-block.js'
import { schedText } from './sched-table.js'
import { toTable } from './terminal.js'

/**
 * What a terminal shows of a run, of at most 80 columns: the table, then what each collector of ours stored.
 *
 * @example
 * process.stdout.write(toSummary(records))
 */
export function toSummary(records: readonly ResultRecord[]): string {
  const ledger = toLedgerTable(records)
  return [toTable(records), ledger && `\n${ledger}`, perfText(records), schedText(records)].join('')
}
