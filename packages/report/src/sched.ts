import { isUnavailable, type ResultRecord, type Role, type SchedPhase, type SchedThread } from '@spsc/core'

export const ROLES = ['producer', 'consumer'] as const satisfies readonly Role[]

/** Groups of figures of a thread, and what a reader calls them. */
export const THREAD_GROUPS = {
  run: 'CPU time and run delay',
  switches: 'context switches',
  migrations: 'migrations',
  faults: 'page faults',
  allowed: 'foreign CPU and steal',
  gc: 'GC',
  event_loop_delay: 'event-loop delay',
} as const satisfies Partial<Record<keyof SchedThread, string>>

/** The same of the machine. */
const MACHINE_GROUPS = {
  pressure: 'pressure',
  throttling: 'throttling',
  contamination: 'contamination',
} as const satisfies Partial<Record<keyof SchedPhase, string>>

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isPhase(value: unknown): value is SchedPhase {
  if (!isObject(value) || typeof value.name !== 'string' || !isObject(value.threads)) return false
  return Number.isFinite(value.wall_ns) && Number.isFinite(value.delivered) && ROLES.every(has(value.threads))
}

function has(threads: Record<string, unknown>) {
  return (role: Role) => isObject(threads[role])
}

function stored(record: ResultRecord): unknown {
  return record.status === 'ok' ? record.collectors.sched : undefined
}

/** What the `sched` collector stored of a replicate's phases; none where it was not there. */
export function schedPhases(record: ResultRecord): readonly SchedPhase[] {
  const data = stored(record)
  return isObject(data) && Array.isArray(data.phases) ? data.phases.filter(isPhase) : []
}

/** Of the first measured phase, as a record's counts and rates are. */
export function schedOf(record: ResultRecord): SchedPhase | undefined {
  return schedPhases(record)[0]
}

/** One figure of a stored group; `undefined` where it was not measured. */
export function figureOf(group: unknown, name: string): number | undefined {
  const value = isObject(group) ? group[name] : undefined
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Figures of both threads, added up; `undefined` where one was not measured. */
export function totalOf(phase: SchedPhase, group: 'switches' | 'run', names: readonly string[]): number | undefined {
  const values = ROLES.flatMap((role) => names.map((name) => figureOf(phase.threads[role][group], name)))
  return values.reduce((sum, value) => (sum === undefined || value === undefined ? undefined : sum + value), 0)
}

/** Why a replicate is contaminated: by phase, where it is; `undefined`: it was not judged. */
export function contaminationOf(record: ResultRecord): readonly string[] | undefined {
  const verdicts = schedPhases(record).flatMap(({ name, contamination }) =>
    isUnavailable(contamination) || !Array.isArray(contamination?.reasons) ? [] : [{ name, ...contamination }],
  )
  if (verdicts.length === 0) return undefined
  return verdicts.flatMap(({ name, reasons }) => reasons.map((reason) => `${name}: ${reason}`))
}

/** What was not measured of a replicate, with the reason. */
export function schedGaps(record: ResultRecord): readonly { readonly what: string; readonly reason: string }[] {
  const data = stored(record)
  if (data === undefined) return []
  if (isUnavailable(data)) return [{ what: 'scheduling', reason: data.unavailable }]
  const phase = schedOf(record)
  if (phase === undefined) return [{ what: 'scheduling', reason: 'the sched collector stored no phase' }]
  const gaps = (groups: Readonly<Record<string, string>>, of: object, suffix: string) =>
    Object.entries(groups).flatMap(([group, called]) => {
      const value = (of as Record<string, unknown>)[group]
      return isUnavailable(value) ? [{ what: `${called}${suffix}`, reason: value.unavailable }] : []
    })
  return [
    ...ROLES.flatMap((role) => gaps(THREAD_GROUPS, phase.threads[role], ` of the ${role}`)),
    ...gaps(MACHINE_GROUPS, phase, ''),
  ]
}
