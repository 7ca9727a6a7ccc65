import { execFile } from 'node:child_process'
import { eventFault } from './failure.js'

const DEADLINE_MS = 5_000

/**
 * Asks perf whether it can count these events of a process, before anything is measured.
 *
 * @returns perf's own objection; `undefined` also where there is no perf to ask, or it may not count anything
 *
 * @example
 * await checkPerfEvents('cs,context-swiches') // "event syntax error: 'cs,context-swiches': parser error"
 */
export function checkPerfEvents(events: string): Promise<string | undefined> {
  const options = { timeout: DEADLINE_MS, killSignal: 'SIGKILL', env: { ...process.env, LC_ALL: 'C' } } as const
  return new Promise((resolve) => {
    execFile('perf', ['stat', '--event', events, 'true'], options, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : eventFault({ code: null, signal: null, stderr }))
    })
  })
}
