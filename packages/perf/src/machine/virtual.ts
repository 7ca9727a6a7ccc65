import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import { derive, readText } from '../kernel-files.js'

/** Whether this machine is a guest, and whether it can have guests. */
export interface Virtual {
  /** `kvm`, `xen`, …, `unknown` for a hypervisor that shows no name, `none` on bare metal. */
  readonly hypervisor: string | Unavailable
  /** Whether this user may start guests that the CPU runs by itself. */
  readonly kvm: true | (Unavailable & { readonly cause: 'absent' | 'forbidden' })
}

/** What firmware calls the machine under a hypervisor. */
const FIRMWARE: readonly (readonly [pattern: RegExp, hypervisor: string])[] = [
  [/VMware/, 'vmware'],
  [/VirtualBox|innotek/, 'virtualbox'],
  [/Microsoft Corporation.*Virtual Machine/s, 'hyper-v'],
  [/\bXen\b|HVM domU/, 'xen'],
  [/Parallels/, 'parallels'],
  [/QEMU|KVM|Amazon EC2|Google Compute Engine|OpenStack|DigitalOcean|Hetzner|Firecracker/, 'kvm'],
]

/** Clocks that a kernel offers as a guest of that hypervisor only. */
const CLOCKS: readonly (readonly [clock: string, hypervisor: string])[] = [
  ['kvm-clock', 'kvm'],
  ['hyperv_clocksource', 'hyper-v'],
  ['xen', 'xen'],
]

function textOf(root: string, path: string): string {
  const text = readText(root, path)
  return isUnavailable(text) ? '' : text
}

function named(root: string): string | undefined {
  const type = textOf(root, '/sys/hypervisor/type')
  if (type !== '') return type
  const clocks = textOf(root, '/sys/devices/system/clocksource/clocksource0/available_clocksource')
  const byClock = CLOCKS.find(([clock]) => clocks.includes(clock))
  if (byClock !== undefined) return byClock[1]
  const firmware = ['sys_vendor', 'product_name', 'bios_vendor']
    .map((file) => textOf(root, `/sys/class/dmi/id/${file}`))
    .join('\n')
  return FIRMWARE.find(([pattern]) => pattern.test(firmware))?.[1]
}

/** x86 has a flag for guests; elsewhere only a name tells, and its absence tells nothing. */
function hypervisor(root: string): string | Unavailable {
  return derive(readText(root, '/proc/cpuinfo'), (cpuinfo) => {
    const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]
    if (flags !== undefined) return / hypervisor( |$)/.test(flags) ? (named(root) ?? 'unknown') : 'none'
    return named(root) ?? unavailable('this CPU has no flag for guests, and nothing names a hypervisor')
  })
}

/** Opening it is what counts: a container may show the device and refuse it. */
function kvm(root: string): Virtual['kvm'] {
  try {
    closeSync(openSync(join(root, '/dev/kvm'), 'r+'))
    return true
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return { ...unavailable('no /dev/kvm'), cause: 'absent' }
    return { ...unavailable(`/dev/kvm can't be opened: ${code}`), cause: 'forbidden' }
  }
}

/** @param root of the file tree that holds /proc, /sys and /dev */
export function readVirtual(root = '/'): Virtual {
  return { hypervisor: hypervisor(root), kvm: kvm(root) }
}
