import type { ResultRecord } from '@spsc/core'
import { hasDeadline } from './offered.js'
import { tableBlock } from './results-table.js'
import { offeredTableOf } from './rows.js'
import { paragraphs, type Section, sectionOf } from './section.js'
import { drawTable } from './terminal.js'

const CAPTION =
  'Percentiles above are of the delivered items and say nothing of those that a full queue turned away. Here an item that was dropped is the slowest of all: ∞ where more than 1 % were. The age is how long ago the freshest item done was due, on average over time and at its peaks.'
const DEADLINE =
  'On time is the share of the offered items that were done by the deadline, goodput how many a second: deadlines are counted from when an item is due.'

function hasDrops(record: ResultRecord): boolean {
  return record.status === 'ok' && record.dropped > 0
}

/** The table of what was offered and what it means. Nothing where no replicate was measured. */
export function offeredSection(records: readonly ResultRecord[]): readonly Section[] {
  if (!records.some(({ status }) => status === 'ok')) return []
  const captions = records.some(hasDeadline) ? [CAPTION, DEADLINE] : [CAPTION]
  return sectionOf('What was offered', [...paragraphs(...captions), tableBlock(offeredTableOf(records))])
}

/** The same table for a terminal, without the response: at most 80 columns wide. Empty where nothing was dropped and nothing has a deadline. */
export function offeredText(records: readonly ResultRecord[]): string {
  if (!records.some((record) => hasDrops(record) || hasDeadline(record))) return ''
  return `\nOf the offered items, a dropped one being the slowest:\n${drawTable(offeredTableOf(records, true))}`
}
