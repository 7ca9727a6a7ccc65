import { isUnavailable } from '@spsc/core'
import { readText } from '../kernel-files.js'

/** How a perf that should still be there ended. */
export interface PerfEnd {
  /** Why it could not even start. */
  readonly error?: NodeJS.ErrnoException
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stderr: string
}

const NOT_INSTALLED = 'perf is not in PATH; install it: apt install linux-perf, or linux-tools of the running kernel'

/** The setting that limits perf, its value here, and what lifts it. */
export function paranoia(): string {
  const value = readText('/', '/proc/sys/kernel/perf_event_paranoid')
  return `kernel.perf_event_paranoid is ${isUnavailable(value) ? 'unknown' : value}; run as root, grant CAP_PERFMON, or sysctl kernel.perf_event_paranoid=1`
}

/** Perf's own lines without headings, usage and what `--control` makes it say. */
function messageLines(stderr: string): string[] {
  const [message = ''] = stderr.split(/^ Usage:/m)
  return message
    .split('\n')
    .map((line) => line.replace(/^\s*(Error:|\\_+)/, '').trim())
    .filter((line) => line !== '' && !/^(Events (en|dis)abled|Run 'perf list'|timeout < 100ms)/.test(line))
}

/** Why perf takes a list of events for none that it can count here, in its own words; `undefined`: that was not it. */
export function eventFault({ stderr }: PerfEnd): string | undefined {
  if (!/event syntax error|Invalid event|Unable to find event/.test(stderr)) return undefined
  return messageLines(stderr).slice(0, 2).join(': ')
}

/** Set by whoever runs the laboratory in a machine where nobody can install anything: `@spsc/qemu` in its guests. */
const IS_GUEST = 'SPSC_IS_GUEST'
const NOT_IN_GUEST = 'a guest has no perf; leave out --in qemu to count on the host'

/** One line for the reader: what is wrong, and what would help. */
export function whyPerfFailed(end: PerfEnd): string {
  const { error, code, signal, stderr } = end
  if (error?.code === 'ENOENT') return process.env[IS_GUEST] === undefined ? NOT_INSTALLED : NOT_IN_GUEST
  if (error !== undefined) return `perf can't be started: ${error.message}`
  const fault = eventFault(end)
  if (fault !== undefined) return `perf does not know the events: ${fault}; perf list shows what it knows`
  if (/unknown option/.test(stderr)) return `perf is too old: ${messageLines(stderr)[0]}; 5.10 or newer is needed`
  if (/perf_event_paranoid|not permitted|Permission denied|No permission/i.test(stderr)) {
    return `perf is not allowed to count: ${paranoia()}; in a container its seccomp profile must allow perf_event_open`
  }
  if (/No such process/.test(stderr)) return 'perf finds no such threads: their ids are of another PID namespace'
  const how = signal === null ? `code ${code}` : signal
  return [`perf ended early with ${how}`, ...messageLines(stderr).slice(0, 1)].join(': ')
}
