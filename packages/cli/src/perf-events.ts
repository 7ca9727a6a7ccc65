import { SpscError } from '@spsc/core'
import type { CollectorChoice } from '@spsc/lab'
import { resolveCollector } from './plugins.js'

const PERF_STAT = 'perf-stat'

/** A mistyped event is told before anything is measured. Without a perf to ask, the collector says what is missing. */
async function checkEvents(events: string): Promise<void> {
  const { checkPerfEvents } = await import('@spsc/perf')
  const fault = events.trim() === '' ? 'no event is named' : await checkPerfEvents(events)
  if (fault === undefined) return
  const given = `--perf-events is ${JSON.stringify(events)}`
  throw new SpscError('ERR_OPTION', 'cli', `${given}: ${fault}; allowed: events that perf list shows`)
}

/**
 * The collectors that are named, `perf-stat` with its events. Events that nobody named it for add it: they are there to
 * be counted.
 *
 * @throws `ERR_UNKNOWN` for a collector, `ERR_OPTION` for events that perf does not know
 */
export async function chooseCollectors(
  names: readonly string[],
  events: string | undefined,
  cwd: string,
): Promise<CollectorChoice[]> {
  const choices = names.map((name) => ({ name, plugin: resolveCollector(name, cwd) }))
  if (events === undefined) return choices.map(({ plugin }) => ({ plugin }))
  await checkEvents(events)
  if (!names.includes(PERF_STAT)) choices.push({ name: PERF_STAT, plugin: resolveCollector(PERF_STAT, cwd) })
  return choices.map(({ name, plugin }) => (name === PERF_STAT ? { plugin, options: { events } } : { plugin }))
}
