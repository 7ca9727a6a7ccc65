import { execFile } from 'node:child_process'
import { type Unavailable, unavailable } from '@spsc/core'

/** A program that takes longer than this is not going to answer. */
const TIMEOUT_MS = 5000

/** What a program said, however it ended. */
export interface Said {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Why there is no answer. */
export interface Unanswered extends Unavailable {
  /** Whether there is such a program that this user may run. */
  readonly runnable: boolean
}

/** Runs a program that says something short; unavailable where it can't be started, or hangs. */
export function ask(file: string, args: readonly string[]): Promise<Said | Unanswered> {
  return new Promise((resolve) => {
    const fail = (reason: string, runnable: boolean) => resolve({ ...unavailable(reason), runnable })
    const options = { timeout: TIMEOUT_MS, killSignal: 'SIGKILL', env: { ...process.env, LC_ALL: 'C' } } as const
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) resolve({ code: 0, stdout, stderr })
      else if (error.killed) fail(`${file} did not answer within ${TIMEOUT_MS / 1000} s`, true)
      else if (typeof error.code === 'number') resolve({ code: error.code, stdout, stderr })
      else if (error.code === 'ENOENT') fail(`${file} is not installed`, false)
      // A folder of PATH that may not be looked into gives this too, where no other has the program.
      else if (error.code === 'EACCES') fail(`no ${file} that this user may run`, false)
      else fail(`${file} ended with ${error.signal ?? error.code ?? error.message}`, true)
    })
  })
}
