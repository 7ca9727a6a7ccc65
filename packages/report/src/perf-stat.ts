import { isUnavailable, type PerfStatEvent, type PerfStatPhase, type ResultRecord, type Unavailable } from '@spsc/core'

export type CountedPhase = Exclude<PerfStatPhase, Unavailable>

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isEvent(value: unknown): value is PerfStatEvent {
  const event = value as Partial<PerfStatEvent> | null
  return typeof event?.event === 'string' && typeof event.unit === 'string' && event.value !== undefined
}

function isPhase(value: unknown): value is PerfStatPhase {
  const { phase, window_ns, events } = (value ?? {}) as Partial<CountedPhase>
  if (typeof phase !== 'string') return false
  if (isUnavailable(value)) return true
  return typeof window_ns === 'number' && window_ns > 0 && Array.isArray(events) && events.every(isEvent)
}

/** What the `perf-stat` collector stored, phase by phase; unavailable with its reason; `undefined`: it was not asked. */
export function perfStatOf(record: ResultRecord): readonly PerfStatPhase[] | Unavailable | undefined {
  const data = record.status === 'ok' ? record.collectors['perf-stat'] : undefined
  if (data === undefined || isUnavailable(data)) return data
  const phases = (data as { phases?: unknown } | null)?.phases
  if (Array.isArray(phases) && phases.every(isPhase)) return phases
  return { unavailable: 'what the perf-stat collector stored is of another version' }
}

/** The first measured phase: the one that the record's own counts are of. */
export function firstPhaseOf(record: ResultRecord): PerfStatPhase | Unavailable | undefined {
  const data = perfStatOf(record)
  return data === undefined || isUnavailable(data) ? data : data[0]
}

/** Every reason of a record why something of it was not counted. */
export function perfStatGaps(record: ResultRecord): readonly string[] {
  const data = perfStatOf(record)
  if (data === undefined) return []
  if (isUnavailable(data)) return [data.unavailable]
  return data.flatMap((phase) => {
    if (isUnavailable(phase)) return [`phase ${phase.phase}: ${phase.unavailable}`]
    return phase.events.flatMap(({ value }) => (isUnavailable(value) ? [value.unavailable] : []))
  })
}
