import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Accelerator, isUnavailable, SpscError, type Unavailable, unavailable } from '@spsc/core'
import { readVirtual } from '@spsc/perf'
import { startEmulator } from './emulator.js'
import type { GuestOptions } from './options.js'
import { makeRunFolder } from './run-folder.js'
import { cancelled } from './tools.js'

/** A kernel without a disk has given up within a second on KVM that works. */
const PROBE_S = 10

/** Whether this CPU can run guests, and this user may let it. @param root of the file tree that holds /proc and /dev */
function readKvm(root: string): true | Unavailable {
  const { kvm } = readVirtual(root)
  if (isUnavailable(kvm)) return kvm
  const path = join(root, '/proc/cpuinfo')
  const cpuinfo = existsSync(path) ? readFileSync(path, 'utf8') : ''
  if (/^flags\s*:.*\b(?:vmx|svm)\b/m.test(cpuinfo)) return true
  // A device without the flag lets itself be opened, and then boots nothing.
  return unavailable('this CPU shows no flag vmx or svm')
}

/** Boots the kernel on KVM without a disk: it must get as far as missing one. */
async function probeKvm(kernel: string, signal: AbortSignal | undefined, limitS: number): Promise<true | Unavailable> {
  const folder = makeRunFolder()
  const console = join(folder.path, 'console')
  const emulator = startEmulator([
    ...[
      '-no-user-config',
      '-nodefaults',
      '-display',
      'none',
      '-no-reboot',
      '-M',
      'q35',
      '-accel',
      'kvm',
      '-cpu',
      'host',
    ],
    ...['-m', '256M', '-kernel', kernel, '-append', 'console=ttyS0 quiet panic=-1'],
    ...['-chardev', `file,id=console,path=${console.replaceAll(',', ',,')}`, '-serial', 'chardev:console'],
  ])
  let late = false
  const limit = setTimeout(() => {
    late = true
    emulator.kill()
  }, limitS * 1000)
  signal?.addEventListener('abort', emulator.kill)
  try {
    const { stderr } = await emulator.ended
    if (signal?.aborted) throw cancelled(signal)
    if (late) return unavailable(`a guest on KVM did not boot within ${limitS} s`)
    const said = existsSync(console) ? readFileSync(console, 'utf8') : ''
    if (said.includes('Kernel panic')) return true
    return unavailable(`a guest on KVM did not boot: ${stderr.trim().split('\n').at(-1) || 'it said nothing'}`)
  } finally {
    clearTimeout(limit)
    signal?.removeEventListener('abort', emulator.kill)
    folder.remove()
  }
}

export interface AcceleratorOptions {
  readonly guest: GuestOptions
  readonly kernel: string
  readonly signal?: AbortSignal | undefined
  /** Said where KVM is there and can't be used. */
  readonly onFallback: (reason: string) => void
  readonly root?: string
  readonly limitS?: number
}

/**
 * KVM where it was seen to boot, else translation.
 *
 * @throws `ERR_CAPABILITY` where KVM was asked for and can't be had, `ERR_CANCELLED`
 */
export async function chooseAccelerator({
  guest: { mode, accel },
  kernel,
  signal,
  onFallback,
  root = '/',
  limitS = PROBE_S,
}: AcceleratorOptions): Promise<Accelerator> {
  if (accel === 'tcg' || mode === 'deterministic') return 'tcg'
  const able = readKvm(root)
  const works = able === true ? await probeKvm(kernel, signal, limitS) : able
  if (works === true) return 'kvm'
  if (accel === 'kvm') {
    throw new SpscError(
      'ERR_CAPABILITY',
      'qemu',
      `--accel kvm can't be had here: ${works.unavailable}; allowed: tcg, and auto, which takes what works`,
    )
  }
  if (able === true) onFallback(`${works.unavailable}: the guest's instructions are translated (tcg)`)
  return 'tcg'
}
