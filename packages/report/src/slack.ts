import { isUnavailable, type ResultRecord } from '@spsc/core'

/** One thread's slack as text. It comes from any version of any queue, so it is looked at before it is believed. */
function slackOf(value: unknown): string {
  if (isUnavailable(value)) return `unavailable (${value.unavailable})`
  return Number.isFinite(value) ? `${value} ns` : 'not stored'
}

/** What the threads' timer slack was, as they read it: one line, with every value that there was. */
export function slackText(records: readonly ResultRecord[]): readonly string[] {
  const measured = records.filter((record) => record.status === 'ok')
  if (measured.length === 0) return []
  const valuesOf = (role: 'producer' | 'consumer') =>
    [...new Set(measured.map(({ threads }) => slackOf(threads[role].timer_slack_ns)))].join(', ')
  return [
    `Timer slack, by which the kernel may end a sleep late: producer ${valuesOf('producer')}; consumer ${valuesOf('consumer')}.`,
  ]
}
