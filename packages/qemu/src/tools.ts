import { execFile } from 'node:child_process'
import { delimiter } from 'node:path'
import { SpscError } from '@spsc/core'

/** A program that set-up can install, and the packages that have it. */
export interface Tool {
  readonly program: string
  readonly debian: string
  readonly fedora: string
  readonly arch: string
}

export const QEMU: Tool = {
  program: 'qemu-system-x86_64',
  debian: 'qemu-system-x86',
  fedora: 'qemu-system-x86-core',
  arch: 'qemu-system-x86',
}

export const MKE2FS: Tool = { program: 'mke2fs', debian: 'e2fsprogs', fedora: 'e2fsprogs', arch: 'e2fsprogs' }

/** A user's PATH often lacks the folders of system programs. */
export function systemEnv(): NodeJS.ProcessEnv & { readonly PATH: string } {
  const { PATH } = process.env
  // Without the filter a PATH that is not set or empty would become the current folder.
  const folders = [PATH, '/usr/local/sbin', '/usr/sbin', '/sbin'].filter((folder) => folder)
  return { ...process.env, LC_ALL: 'C', PATH: folders.join(delimiter) }
}

/** What to do where one of them is not there. */
export function cureOf({ debian }: Tool): string {
  return `it is in Debian's package ${debian}; run \`npx spsc qemu setup\`, or leave out --in qemu to measure on the host`
}

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunToolOptions {
  /** What to do where there is no such program. */
  readonly cure: string
  readonly cwd?: string
  readonly timeoutS?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Runs a program of the system to its end.
 *
 * @throws `ERR_CANCELLED` where the signal aborts, `ERR_CAPABILITY` where it is not there, hangs or can't be started
 */
export function runTool(
  file: string,
  args: readonly string[],
  { cure, cwd, timeoutS = 30, signal }: RunToolOptions,
): Promise<Ran> {
  const options = {
    env: systemEnv(),
    timeout: timeoutS * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 2 ** 24,
    cwd,
    signal,
  } as const
  const fault = (what: string, cause: Error) => new SpscError('ERR_CAPABILITY', 'qemu', `${file} ${what}`, { cause })
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout, stderr) => {
      if (error === null) return resolve({ code: 0, stdout, stderr })
      if (error.code === 'ENOENT') return reject(fault(`is not installed; ${cure}`, error))
      if (typeof error.code === 'number') return resolve({ code: error.code, stdout, stderr })
      if (signal?.aborted) return reject(cancelled(signal))
      const how = error.killed ? `did not answer within ${timeoutS} s` : `can't be run: ${error.message.split('\n')[0]}`
      reject(fault(`${how}; try it by hand`, error))
    })
  })
}

/** What an aborted signal comes to. */
export function cancelled(signal: AbortSignal): SpscError {
  return new SpscError('ERR_CANCELLED', 'qemu', 'the run was cancelled', { cause: signal.reason })
}

/** The version of the emulator, `7.2.22`. @throws `ERR_CAPABILITY` where there is none */
export async function qemuVersion(): Promise<string> {
  const said = await runTool(QEMU.program, ['--version'], { cure: cureOf(QEMU) })
  const version = /version (\d[\w.]*)/.exec(said.stdout)?.[1]
  if (said.code === 0 && version !== undefined) return version
  throw new SpscError(
    'ERR_CAPABILITY',
    'qemu',
    `${QEMU.program} --version ended with code ${said.code}: ${said.stderr.trim().split('\n')[0]}; install it anew: \`npx spsc qemu setup\``,
  )
}
