import { isUnavailable, parseCpuList, type Thread, type Unavailable, unavailable } from '@spsc/core'
import { derive, readMatch, readNames } from '../kernel-files.js'
import { type Counters, labelled, readCounters } from './counters.js'
import { TICK_NS } from './ticks.js'

const IS_RUNNING = 'the thread must be alive and this process may read its files'
const NEEDS_SCHED_INFO = 'it takes a kernel with CONFIG_SCHED_INFO'
const NEEDS_SCHED_DEBUG = 'it takes a kernel with CONFIG_SCHED_DEBUG'

/** The kernel's books on one thread at one moment. */
export interface ThreadSample {
  readonly run: Counters<'cpu_ns' | 'run_delay_ns' | 'timeslices'>
  readonly switches: Counters<'voluntary' | 'involuntary'>
  readonly migrations: Counters<'count'>
  readonly faults: Counters<'minor' | 'major'>
  readonly modes: Counters<'user_ns' | 'system_ns'>
  readonly lastCpu: number | Unavailable
  readonly allowed: readonly number[] | Unavailable
}

function readRunTimes(root: string, folder: string): ThreadSample['run'] {
  const parse = (text: string) => {
    const [cpu_ns = Number.NaN, run_delay_ns = Number.NaN, timeslices = Number.NaN] = text.split(' ').map(Number)
    return { cpu_ns, run_delay_ns, timeslices }
  }
  const counters = readCounters(root, `${folder}/schedstat`, parse, NEEDS_SCHED_INFO)
  // A kernel that does not count prints zeros, and a parked thread has run at least once.
  if (isUnavailable(counters) || counters.timeslices > 0) return counters
  return unavailable(`${folder}/schedstat counts nothing; ${NEEDS_SCHED_INFO}`)
}

/** proc(5) numbers the fields from 1; the second is a name in parentheses that may hold anything, so count behind it. */
function statField(text: string, number: number): number {
  return Number(text.slice(text.lastIndexOf(')') + 2).split(' ')[number - 3])
}

/** CPU time of all threads of a process, those that have ended left out. */
export function readProcessTime(root: string, pid: number): number | Unavailable {
  const folder = `/proc/${pid}/task`
  return derive(readNames(root, folder), (tids) => {
    let ns = 0
    for (const tid of tids) {
      const run = readRunTimes(root, `${folder}/${tid}`)
      // One that ended while this looked is gone; one that has never run has no time.
      if (!isUnavailable(run)) ns += run.cpu_ns
    }
    return ns
  })
}

function readStat(root: string, folder: string) {
  const parse = (text: string) => ({
    minor: statField(text, 10),
    major: statField(text, 12),
    user_ns: statField(text, 14) * TICK_NS,
    system_ns: statField(text, 15) * TICK_NS,
    processor: statField(text, 39),
  })
  const counters = readCounters(root, `${folder}/stat`, parse, IS_RUNNING)
  if (isUnavailable(counters)) return { faults: counters, modes: counters, lastCpu: counters }
  const { minor, major, user_ns, system_ns, processor } = counters
  return { faults: { minor, major }, modes: { user_ns, system_ns }, lastCpu: processor }
}

function readAllowed(root: string, folder: string): ThreadSample['allowed'] {
  const list = readMatch(root, `${folder}/status`, /^Cpus_allowed_list:\s*(\S+)$/m, 'the CPUs that the thread may use')
  return isUnavailable(list) ? unavailable(`${list.unavailable}; ${IS_RUNNING}`) : parseCpuList(list)
}

/** Reads the files of one thread under `root`/proc. What can't be read is unavailable by itself. */
export function sampleThread(root: string, { pid, tid }: Thread): ThreadSample {
  if (isUnavailable(tid)) {
    return { run: tid, switches: tid, migrations: tid, faults: tid, modes: tid, lastCpu: tid, allowed: tid }
  }
  const folder = `/proc/${pid}/task/${tid}`
  return {
    run: readRunTimes(root, folder),
    switches: readCounters(
      root,
      `${folder}/status`,
      (text) => ({
        voluntary: labelled(text, 'voluntary_ctxt_switches'),
        involuntary: labelled(text, 'nonvoluntary_ctxt_switches'),
      }),
      IS_RUNNING,
    ),
    migrations: readCounters(
      root,
      `${folder}/sched`,
      (text) => ({ count: labelled(text, 'se.nr_migrations') }),
      NEEDS_SCHED_DEBUG,
    ),
    ...readStat(root, folder),
    allowed: readAllowed(root, folder),
  }
}
