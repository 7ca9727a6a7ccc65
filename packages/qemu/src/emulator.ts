import { spawn } from 'node:child_process'
import { onExit } from './clean-up.js'
import { onPath } from './image/programs.js'
import { QEMU, systemEnv } from './tools.js'

const MAX_SAID = 16_384

/** How an emulator ended. */
export interface Ended {
  /** `undefined` where it was killed or never started. */
  readonly code: number | undefined
  /** What killed it. */
  readonly signal?: NodeJS.Signals | undefined
  readonly stderr: string
}

/** An emulator that runs. */
export interface Emulator {
  readonly ended: Promise<Ended>
  /** Ends it at once; idempotent. */
  kill(): void
}

/**
 * Starts the emulator in a process group of its own: a Ctrl-C at the terminal is ours to answer. It ends with this
 * process, also where that is killed and `setpriv` (util-linux) is there to see to it.
 */
export function startEmulator(args: readonly string[]): Emulator {
  const whole = [QEMU.program, ...args]
  const [file, ...rest] = onPath('setpriv') === undefined ? whole : ['setpriv', '--pdeathsig', 'KILL', '--', ...whole]
  const child = spawn(file as string, rest, { stdio: ['ignore', 'ignore', 'pipe'], env: systemEnv(), detached: true })
  let said = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said = `${said}${text}`.slice(-MAX_SAID)
  })
  const kill = () => {
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined)
      process.kill(-child.pid, 'SIGKILL')
  }
  const forget = onExit(kill)
  const ended = new Promise<Ended>((resolve) => {
    const end = (how: Ended) => {
      forget()
      resolve(how)
    }
    child.on('error', (error) => end({ code: undefined, stderr: error.message }))
    child.on('close', (code, signal) => end({ code: code ?? undefined, signal: signal ?? undefined, stderr: said }))
  })
  return { ended, kill }
}
