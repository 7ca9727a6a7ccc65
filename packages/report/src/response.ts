import type { ResultRecord } from '@spsc/core'
import { isPaced } from './distribution.js'
import { tableBlock } from './results-table.js'
import { responseTableOf } from './rows.js'
import { paragraphs, type Section, sectionOf } from './section.js'

const CAPTION =
  'Response is corrected: from the intended send of an item to the end of the work on it, so what the producer was late, and could not send while it was held up (coordinated omission), is in it. Latency, above, is raw: push to pop.'
const AT_INTERVAL_0 = 'At interval 0 no item is due at a time, so there is no response.'

/** The table of the response and what it means; why there is none at interval 0. Nothing where nothing is stored. */
export function responseSection(records: readonly ResultRecord[]): readonly Section[] {
  if (records.length === 0) return []
  const flatOut = records.every(isPaced) ? [] : paragraphs(AT_INTERVAL_0)
  const table = records.some(isPaced) ? [...paragraphs(CAPTION), tableBlock(responseTableOf(records))] : []
  return sectionOf('Response', [...table, ...flatOut])
}
