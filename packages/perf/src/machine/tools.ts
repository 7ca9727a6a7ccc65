import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { ask } from './command.js'

/** Versions of the programs that the laboratory can use, as each tells its own. */
export interface Tools {
  readonly perf: string | Unavailable
  readonly taskset: string | Unavailable
  /** The emulator of this machine's own architecture. */
  readonly qemu: string | Unavailable
}

const QEMU_ARCH: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'aarch64', ia32: 'i386' }

async function version(file: string): Promise<string | Unavailable> {
  const said = await ask(file, ['--version'])
  if (isUnavailable(said)) return unavailable(said.unavailable)
  const line = said.stdout.trim().split('\n')[0] ?? ''
  return said.code === 0 && line !== '' ? line : unavailable(`${file} --version ended with code ${said.code}`)
}

/** Asks each program for its version. */
export async function readTools(): Promise<Tools> {
  const [perf, taskset, qemu] = await Promise.all([
    version('perf'),
    version('taskset'),
    version(`qemu-system-${QEMU_ARCH[process.arch] ?? process.arch}`),
  ])
  return { perf, taskset, qemu }
}
