import { type Phase, type PhaseRecord, parseScenario, type RunContext, type SchedPhase } from '@spsc/core'
import { sched } from '@spsc/perf'
import type { ExecutionContext } from 'ava'
import { type Files, tree, write } from './files.js'

export const PID = 10
export const PRODUCER = 11
export const CONSUMER = 12

interface ThreadFigures {
  readonly schedstat?: string
  readonly voluntary?: number
  readonly involuntary?: number
  readonly migrations?: number
  readonly minor?: number
  readonly major?: number
  readonly user?: number
  readonly system?: number
  readonly cpu?: number
  readonly allowed?: string
}

/** The files of one thread as Linux 6.18 writes them, shortened. */
export function threadFiles(tid: number, figures: ThreadFigures = {}): Files {
  const { schedstat = '1000 2000 3', voluntary = 0, involuntary = 0, migrations = 0, minor = 0, major = 0 } = figures
  const { user = 0, system = 0, cpu = 0, allowed = '0-1' } = figures
  const folder = `proc/${PID}/task/${tid}`
  const zeros = '0 '.repeat(23)
  return {
    [`${folder}/schedstat`]: `${schedstat}\n`,
    [`${folder}/status`]: `Name:\tspsc) x\nCpus_allowed:\t3\nCpus_allowed_list:\t${allowed}\nvoluntary_ctxt_switches:\t${voluntary}\nnonvoluntary_ctxt_switches:\t${involuntary}\n`,
    [`${folder}/sched`]: `spsc (11, #threads: 7)\n---\nse.nr_migrations                             : ${migrations}\nnr_switches   : 9\n`,
    [`${folder}/stat`]: `${tid} (spsc) x) S 1 1 1 0 -1 64 ${minor} 0 ${major} 0 ${user} ${system} ${zeros}${cpu} 0 0 0\n`,
  }
}

/** One line of /proc/stat, in clock ticks. */
export function cpuLine(cpu: number, { busy = 0, idle = 0, steal = 0 }): string {
  return `cpu${cpu} ${busy} 0 0 ${idle} 0 0 0 ${steal} 0 0`
}

/** A whole machine of two CPUs that has counted nothing but one run of each thread. */
export const MACHINE: Files = {
  'proc/stat': `cpu  0 0 0 0 0 0 0 0 0 0\n${cpuLine(0, {})}\n${cpuLine(1, {})}\nintr 1 2\n`,
  'proc/pressure/cpu':
    'some avg10=0.00 avg60=0.00 avg300=0.00 total=0\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n',
  'proc/self/mounts': 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n',
  [`proc/${PID}/cgroup`]: '0::/a/b\n',
  'sys/fs/cgroup/cpu.stat': 'usage_usec 1\n',
  'sys/fs/cgroup/a/cpu.stat': 'usage_usec 1\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
  'sys/fs/cgroup/a/b/cpu.stat': 'usage_usec 1\nnr_periods 0\nnr_throttled 0\nthrottled_usec 0\n',
  ...threadFiles(PRODUCER),
  ...threadFiles(CONSUMER),
}

export function contextOf(threads: Pick<RunContext, 'producer' | 'consumer'>): RunContext {
  const clock = { name: 'none', errorNs: 0, now: () => 0n }
  return { scenario: parseScenario('test'), ...threads, trace: undefined as unknown as RunContext['trace'], clock }
}

export const PHASE: Phase = { name: 'paced', durationNs: 1, intervalNs: 1, settleNs: 0, stamped: true }

export function phaseRecord(changes: Partial<PhaseRecord> = {}): PhaseRecord {
  const counts = { offered: 5, delivered: 5, dropped: 0, scheduled: 5 }
  return { name: 'paced', stamped: true, ...counts, start_ns: 0, offers_end_ns: 1, end_ns: 1, ...changes }
}

/** What the collector makes of a machine that goes from `before` to `after` in one phase of `waitMs` or a little more. */
export async function phaseOn(
  t: ExecutionContext,
  {
    before = {},
    after = {},
    waitMs = 0,
    record = phaseRecord(),
  }: {
    before?: Files
    after?: Files
    waitMs?: number
    record?: PhaseRecord
  },
): Promise<SchedPhase> {
  const root = tree(t, { ...MACHINE, ...before })
  const collector = sched({ root })
  await collector.start(contextOf({ producer: { pid: PID, tid: PRODUCER }, consumer: { pid: PID, tid: CONSUMER } }))
  await collector.phaseStart?.(PHASE)
  await new Promise((resolve) => setTimeout(resolve, waitMs))
  write(root, after)
  await collector.phaseEnd?.(record)
  const data = await collector.stop()
  return (data as { phases: [SchedPhase] }).phases[0]
}
