import type { ResultRecord } from '@spsc/core'
import { csvTable } from '../csv.js'
import { type Section, sectionOf } from '../section.js'

/** The first of these columns that is a setting: from there on the CSV has more than a page needs. */
const FIRST_SETTING = 'duration'
const TEXTS = ['scenario', 'queue', 'status', 'error', 'rate_cause']

/** Every replicate with its figures, cell by cell as the CSV has them. */
export function replicatesSection(records: readonly ResultRecord[]): readonly Section[] {
  if (records.length === 0) return []
  const { header, rows } = csvTable(records)
  const shown = header.slice(0, header.indexOf(FIRST_SETTING))
  const columns = shown.map((title) => ({ title, isFigure: !TEXTS.includes(title) }))
  const table = { columns, rows: rows.map((row) => shown.map((_, index) => `${row[index]}`)) }
  return sectionOf('Every replicate', [{ table }], 'Figures of every replicate, as in the CSV')
}
