import type { ResultRecord } from '@spsc/core'
import { tableOf } from './rows.js'

/**
 * One replicate in a few words.
 *
 * @example
 * recordLine(record) // 'p50 0.060 ms, p99 0.299 ms, 447 ops/s'
 */
export function recordLine(record: ResultRecord): string {
  const [row] = tableOf([record]).rows
  const [p50 = '', , p99 = '', opsPerS = ''] = row?.figures.map(({ median }) => median) ?? []
  if (row?.failure !== undefined) return row.failure
  const latency = p50 === 'unavailable' ? 'latency unavailable' : `p50 ${p50} ms, p99 ${p99} ms`
  const isInvalid = record.status === 'ok' && record.invalid !== undefined
  return `${latency}, ${opsPerS} ops/s${isInvalid ? ', invalid' : ''}`
}
