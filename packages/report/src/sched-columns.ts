import type { ResultRecord, Role } from '@spsc/core'
import { contaminationOf, figureOf, ROLES, schedOf } from './sched.js'

/** `undefined`: not measured; empty: the collector was not asked for. */
type Column = (record: ResultRecord) => string | number | undefined

function isAbsent(record: ResultRecord): boolean {
  return record.status === 'ok' && record.collectors.sched === undefined
}

function whereCollected(column: Column): Column {
  return (record) => (isAbsent(record) ? '' : column(record))
}

function ofThread(role: Role, group: 'run' | 'switches' | 'migrations' | 'allowed' | 'gc', figure: string): Column {
  return whereCollected((record) => figureOf(schedOf(record)?.threads[role][group], figure))
}

function threadColumns(role: Role): Readonly<Record<string, Column>> {
  return {
    [`${role}_cpu_ns`]: ofThread(role, 'run', 'cpu_ns'),
    [`${role}_run_delay_ns`]: ofThread(role, 'run', 'run_delay_ns'),
    [`${role}_voluntary_switches`]: ofThread(role, 'switches', 'voluntary'),
    [`${role}_involuntary_switches`]: ofThread(role, 'switches', 'involuntary'),
    [`${role}_migrations`]: ofThread(role, 'migrations', 'count'),
    [`${role}_foreign_share`]: ofThread(role, 'allowed', 'foreign_share'),
    [`${role}_steal_share`]: ofThread(role, 'allowed', 'steal_share'),
    [`${role}_gc_ns`]: ofThread(role, 'gc', 'ns'),
  }
}

function contaminated(record: ResultRecord): string | undefined {
  const reasons = contaminationOf(record)
  return reasons === undefined ? undefined : String(reasons.length > 0)
}

/** Columns of the `sched` collector: of the first measured phase, but `contaminated`, which is of any. */
export const SCHED_COLUMNS: Readonly<Record<string, Column>> = {
  sched_window_ns: whereCollected((record) => schedOf(record)?.wall_ns),
  ...Object.assign({}, ...ROLES.map(threadColumns)),
  pressure_some_ns: whereCollected((record) => figureOf(schedOf(record)?.pressure, 'some_ns')),
  throttled: whereCollected((record) => figureOf(schedOf(record)?.throttling, 'count')),
  contaminated: whereCollected(contaminated),
}
