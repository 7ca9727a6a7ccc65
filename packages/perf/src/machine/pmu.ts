import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { ask } from './command.js'

/** Whether the CPU's own counters can be read, and what stands in the way. */
export type Pmu =
  | { readonly cycles: true }
  | (Unavailable & { readonly cause: 'absent' | 'forbidden' | 'not supported' | 'failed' })

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1)?.trim().slice(0, 120) ?? ''
}

/**
 * Counts the cycles of a program that does nothing.
 *
 * @param perf the program to ask
 */
export async function readPmu(perf = 'perf'): Promise<Pmu> {
  const said = await ask(perf, ['stat', '-x,', '-e', 'cycles', '--', process.execPath, '--version'])
  if (isUnavailable(said)) return { unavailable: said.unavailable, cause: said.runnable ? 'failed' : 'absent' }
  // value,unit,event,…
  const counted = /^([^,\n]*),[^,\n]*,[^,\n]*cycles/m.exec(said.stderr)?.[1]
  if (counted === '<not supported>') {
    return { ...unavailable('perf counts no cycles here: <not supported>'), cause: 'not supported' }
  }
  if (counted !== undefined && Number(counted) > 0) return { cycles: true }
  if (/permission|not permitted|perf_event_paranoid|access to performance monitoring/i.test(said.stderr)) {
    return { ...unavailable('perf may not count for this user'), cause: 'forbidden' }
  }
  const reason = counted ?? lastLine(said.stderr)
  return { ...unavailable(`perf stat counts no cycles: ${reason || `exit code ${said.code}`}`), cause: 'failed' }
}
