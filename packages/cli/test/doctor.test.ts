import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { type Fingerprint, isUnavailable } from '@spsc/core'
import type { Diagnosis, Machine } from '@spsc/perf'
import test, { type ExecutionContext } from 'ava'
import { BIN, execute, folder, type Options, run, spsc } from './spsc.js'

const CHECKS = [
  ...['node', 'cpus', 'topology', 'smt', 'isolated', 'ping-pong', 'governor', 'hypervisor', 'steal', 'load'],
  ...['cpu-quota', 'memory', 'clock', 'timer-slack', 'preemption', 'paranoid', 'perf', 'pmu', 'memlock', 'realtime'],
  ...['addon', 'taskset', 'qemu', 'kvm'],
]

interface Document {
  readonly machine: Machine
  readonly fingerprint: Fingerprint
  readonly lines: readonly Diagnosis[]
}

const works = (file: string, ...args: string[]) => spawnSync(file, args).status === 0

/** The one JSON document of a run of doctor, however it was started. */
async function document(
  t: ExecutionContext,
  file: string,
  args: readonly string[],
  options: Partial<Options> = {},
): Promise<Document> {
  const { code, stdout, stderr } = await execute(file, args, { cwd: folder(t), ...options })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const DOCTOR = [process.execPath, BIN, 'doctor', '--json'] as const

function found(lines: readonly Diagnosis[], check: string): Diagnosis | undefined {
  return lines.find((line) => line.check === check)
}

test.serial('with --json one document has the machine, its fingerprint and every check', async (t) => {
  const { machine, fingerprint, lines } = await document(t, DOCTOR[0], DOCTOR.slice(1))
  t.deepEqual(
    lines.map(({ check }) => check),
    CHECKS,
  )
  t.is(machine.node, process.versions.node)
  t.regex(fingerprint.id, /^[0-9a-f]{12}$/)
  t.deepEqual(fingerprint.cpus_allowed, machine.cpus.allowed)
})

test.serial(
  'the text has a line a check in 80 columns, no colours off a terminal, and counts at the end',
  async (t) => {
    const { code, stdout, stderr } = await spsc(['doctor'], { cwd: folder(t) })
    t.like({ code, stderr }, { code: 0, stderr: '' })
    t.false(stdout.includes('\u001B'))
    const lines = stdout.trimEnd().split('\n')
    t.deepEqual(
      lines.filter((line) => line.length > 80),
      [],
    )
    const checks = lines.flatMap((line) => /^(?:ok|warning|missing) +(\S+)/.exec(line)?.[1] ?? [])
    t.deepEqual(checks, CHECKS)
    const [, ...counts] = /^(\d+) ok, (\d+) warning, (\d+) missing$/.exec(lines.at(-1) ?? '') ?? []
    for (const [index, status] of ['ok', 'warning', 'missing'].entries()) {
      t.is(Number(counts[index]), lines.filter((line) => line.startsWith(`${status} `)).length, status)
    }
  },
)

test.serial('--color always paints the status words', async (t) => {
  const { stdout } = await spsc(['doctor', '--color', 'always'], { cwd: folder(t) })
  t.true(stdout.startsWith('\u001B[32mok '))
})

const withTaskset = works('taskset', '--version') ? test.serial : test.serial.skip

withTaskset('on one CPU it says what that means, and that a ping-pong takes two', async (t) => {
  const [cpu] = /\d+/.exec(
    /^Cpus_allowed_list:\s*(\S+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] as string,
  ) as RegExpExecArray
  const { machine, lines } = await document(t, 'taskset', ['-c', cpu, ...DOCTOR])
  t.deepEqual(machine.cpus.allowed, [Number(cpu)])
  t.is(found(lines, 'cpus')?.status, 'warning')
  t.like(found(lines, 'ping-pong'), { status: 'missing', found: 'a pair takes two CPUs; this process may use 1' })
})

test.serial('without any program in PATH it names the packages', async (t) => {
  const { machine, lines } = await document(t, DOCTOR[0], DOCTOR.slice(1), { env: { PATH: '' } })
  for (const tool of ['perf', 'taskset', 'qemu'] as const) {
    t.true(isUnavailable(machine.tools[tool]), tool)
    t.like(found(lines, tool), { status: 'missing' }, tool)
    t.regex(found(lines, tool)?.next ?? '', /^sudo apt install /, tool)
  }
  t.like(machine.pmu, { cause: 'absent' })
})

const NOBODY = ['--reuid=65534', '--regid=65534', '--clear-groups']
// Such a user may not be able to read this clone.
const asNobody = works('setpriv', ...NOBODY, process.execPath, BIN, '--version') ? test.serial : test.serial.skip

asNobody('it works for a user without rights', async (t) => {
  const { machine } = await document(t, 'setpriv', [...NOBODY, ...DOCTOR], { cwd: '/' })
  t.is(machine.kernel.may_watch_all, false)
})

test.serial('a run keeps the fingerprint of its machine in the manifest', async (t) => {
  const cwd = folder(t)
  await run(t, ['baseline', '--name', 'x'], { cwd })
  const manifest = JSON.parse(readFileSync(`${cwd}/result_data/x_manifest.json`, 'utf8'))
  const { fingerprint } = await document(t, DOCTOR[0], DOCTOR.slice(1))
  t.deepEqual(manifest.machine, fingerprint)
  t.is(manifest.load.length, 3)
})
