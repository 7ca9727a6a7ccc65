import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/**
 * How fast this machine's time stamp counter counts, in kHz, where it can be known; a guest whose instructions are
 * translated reads that very counter. On a virtual machine `cpu MHz` is the figure that the kernel calibrated. Where the
 * CPU's clock changes and shows that (`aperfmperf`, cpufreq), it is another, and nothing is known.
 *
 * @param root of the file tree that holds /proc and /sys
 */
export function readTscKhz(root = '/'): number | undefined {
  const path = join(root, 'proc/cpuinfo')
  if (!existsSync(path) || existsSync(join(root, 'sys/devices/system/cpu/cpu0/cpufreq'))) return undefined
  const cpuinfo = readFileSync(path, 'utf8')
  const flags = /^flags\s*:(.*)$/m.exec(cpuinfo)?.[1]?.trim().split(/\s+/) ?? []
  if (!flags.includes('hypervisor') || !flags.includes('constant_tsc') || flags.includes('aperfmperf')) return undefined
  const speeds = new Set([...cpuinfo.matchAll(/^cpu MHz\s*:\s*(\d+\.\d+)$/gm)].map(([, mhz]) => Number(mhz)))
  const [mhz] = speeds
  return speeds.size === 1 && mhz !== undefined && mhz >= 100 ? Math.round(mhz * 1000) : undefined
}
