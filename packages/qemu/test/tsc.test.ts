import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readTscKhz } from '@spsc/qemu'
import test, { type ExecutionContext } from 'ava'
import { folder } from './guests.js'

/** A machine of two CPUs that say so of themselves. */
function machineOf(t: ExecutionContext, flags: string, speeds: readonly [string, string], cpufreq = false): string {
  const root = folder(t)
  const cpuinfo = speeds.map((mhz, cpu) => `processor\t: ${cpu}\ncpu MHz\t\t: ${mhz}\nflags\t\t: fpu ${flags}\n`)
  const files = { 'proc/cpuinfo': cpuinfo.join('\n'), ...(cpufreq && { 'sys/devices/system/cpu/cpu0/cpufreq/x': '' }) }
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return root
}

const VIRTUAL = 'constant_tsc hypervisor'

test('a virtual machine’s counter counts as its CPUs say', (t) => {
  t.is(readTscKhz(machineOf(t, VIRTUAL, ['2299.998', '2299.998'])), 2_299_998)
})

for (const [what, flags, speeds, cpufreq] of [
  ['of a machine that is none', 'constant_tsc', ['2300.000', '2300.000'], false],
  ['that changes', 'hypervisor', ['2300.000', '2300.000'], false],
  ['beside a clock that is measured', `${VIRTUAL} aperfmperf`, ['2300.000', '2300.000'], false],
  ['beside a clock that is set', VIRTUAL, ['2300.000', '2300.000'], true],
  ['of CPUs that differ', VIRTUAL, ['2300.000', '2800.000'], false],
] as const) {
  test(`the speed of a counter ${what} is not known`, (t) => {
    t.is(readTscKhz(machineOf(t, flags, speeds, cpufreq)), undefined)
  })
}

test('of a CPU that shows no flags nothing is known', (t) => {
  const root = folder(t)
  mkdirSync(join(root, 'proc'))
  writeFileSync(join(root, 'proc/cpuinfo'), 'processor\t: 0\ncpu MHz\t\t: 2300.000\n')
  t.is(readTscKhz(root), undefined)
})

test('where there is no cpuinfo nothing is known', (t) => {
  t.is(readTscKhz(folder(t)), undefined)
})
