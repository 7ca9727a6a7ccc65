import type { ResultRecord } from '@spsc/core'
import { csvTable } from '../csv.js'
import { oneLine } from '../text.js'
import { escapeHtml } from './escape.js'
import { tableOf } from './markdown-html.js'

/** The first of these columns that is a setting: from there on the CSV has more than a page needs. */
const FIRST_SETTING = 'duration'
const TEXTS = ['scenario', 'queue', 'status', 'error', 'rate_cause']

/** Every replicate with its figures, cell by cell as the CSV has them. */
export function replicatesHtml(records: readonly ResultRecord[]): string {
  const { header, rows } = csvTable(records)
  const columns = header.slice(0, header.indexOf(FIRST_SETTING))
  const kind = (column: string) => (TEXTS.includes(column) ? '' : ' class="number"')
  const head = columns.map((column) => `<th scope="col"${kind(column)}>${column}</th>`)
  const body = rows.map((row) =>
    columns.map((column, index) => {
      const text = escapeHtml(oneLine(`${row[index]}`))
      return index === 0 ? `<th scope="row">${text}</th>` : `<td${kind(column)}>${text}</td>`
    }),
  )
  return tableOf('Every replicate', head, body)
}
