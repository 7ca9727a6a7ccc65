import { existsSync } from 'node:fs'
import {
  type Collector,
  errorMessage,
  isUnavailable,
  type PerfStatData,
  type PerfStatPhase,
  type RunContext,
  type Thread,
  unavailable,
} from '@spsc/core'
import { DEFAULT_EVENTS } from './events.js'
import { parsePerfStat, type Tids } from './parse.js'
import { PerfProcess } from './perf-process.js'

export interface PerfStatOptions {
  /** As `perf stat -e` takes it: `cs,faults`, `{cycles,instructions}`, `sched:sched_switch`. Default: the seed's. */
  readonly events?: string
}

/** @throws where perf could not be pointed at it */
function tidOf(end: string, { pid, tid }: Thread): number {
  if (isUnavailable(tid)) throw new Error(`the ${end}'s thread is not known: ${tid.unavailable}`)
  if (existsSync(`/proc/${pid}/task/${tid}`)) return tid
  throw new Error(`the ${end}'s thread ${tid} is not in /proc/${pid}/task: it is gone, or of another PID namespace`)
}

/**
 * Collector `perf-stat`: what `perf stat` (5.10 or newer) counts for the two threads, while a measured phase runs and not
 * otherwise. One perf per phase, started with the threads parked and ended when they are again; it sleeps while items
 * flow. Other threads of the process are counted apart, as far as they were there when the phase began.
 *
 * Unavailable, with what would help, where perf is missing, not allowed to count, does not know an event, ends early,
 * or does not answer within 4 s.
 *
 * @example
 * const collector = perfStat({ events: 'task-clock,context-switches' })
 * await collector.start(run)
 * // ... phaseStart, the measured phase, phaseEnd ...
 * await collector.stop() // { events: 'task-clock,…', phases: [{ phase: 'paced', window_ns: 1e10, events: […] }] }
 */
export function perfStat({ events = DEFAULT_EVENTS }: PerfStatOptions = {}): Collector<PerfStatData> {
  let run: RunContext | undefined
  let counting: { readonly perf: PerfProcess; readonly tids: Tids; onNs: bigint } | undefined
  let failure: string | undefined
  // A run that was cancelled may still call; from then on nothing starts any more.
  let stopped = false
  const phases: PerfStatPhase[] = []

  const attempt = async (phase: PerfStatPhase['phase'], work: (run: RunContext) => Promise<void>) => {
    if (run === undefined || failure !== undefined || stopped) return
    try {
      await work(run)
    } catch (error) {
      failure = errorMessage(error)
      phases.push({ phase, ...unavailable(failure) })
      await counting?.perf.kill()
    }
  }

  return {
    name: 'perf-stat',
    start(context) {
      run = context
    },
    phaseStart: ({ name, durationNs }) =>
      attempt(name, async ({ producer, consumer, clock }) => {
        const tids = { producer: tidOf('producer', producer), consumer: tidOf('consumer', consumer) }
        const perf = new PerfProcess(events, [...new Set([producer.pid, consumer.pid])], durationNs / 1e6)
        counting = { perf, tids, onNs: 0n }
        await perf.enable()
        counting.onNs = clock.now()
      }),
    phaseEnd: ({ name }) =>
      attempt(name, async ({ clock }) => {
        if (counting === undefined) return
        const { perf, tids, onNs } = counting
        const window_ns = Number(clock.now() - onNs)
        await perf.disable()
        phases.push({ phase: name, window_ns, events: parsePerfStat(await perf.finish(), tids, events) })
      }),
    async stop() {
      stopped = true
      await counting?.perf.kill()
      if (phases.some((phase) => !isUnavailable(phase))) return { events, phases }
      return unavailable(failure ?? 'no phase was measured')
    },
  }
}
