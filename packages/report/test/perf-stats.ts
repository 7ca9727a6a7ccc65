import type { PerfStatData, PerfStatEvent, PerfStatValue } from '@spsc/core'

/** What the `perf-stat` collector stores of a phase of `seconds` with these counts; `task-clock` is in ms. */
export function perfStat(counts: Readonly<Record<string, PerfStatValue>>, seconds = 10): PerfStatData {
  const events = Object.entries(counts).map(
    ([event, value]): PerfStatEvent => ({
      ...{ event, tier: 'perf', unit: event.startsWith('task-clock') ? 'msec' : '', value },
      ...{ producer: value, consumer: value, others: 0 },
    }),
  )
  return { events: Object.keys(counts).join(','), phases: [{ phase: 'paced', window_ns: seconds * 1e9, events }] }
}
