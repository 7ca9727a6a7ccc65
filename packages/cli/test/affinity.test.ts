import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, symlinkSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { BIN, BRIEF, execute, folder, refused, run, spsc, storedRecords } from './spsc.js'

const obstacle = spawnSync('taskset', ['--version']).status === 0 ? undefined : 'taskset is not installed'
const pinning = obstacle === undefined ? test : test.skip
const reason = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

const addon = new URL(`spsc-${process.platform}-${process.arch}.node`, import.meta.resolve('@spsc/queue-native'))
const [withAddon, withoutAddon] = existsSync(addon) ? [test, test.skip] : [test.skip, test]

withAddon('where the native package is built, pinning needs no taskset', async (t) => {
  const bin = folder(t)
  symlinkSync(process.execPath, join(bin, 'node'))
  const cwd = folder(t)
  await run(t, ['affinity', '--name', 'mine', '--quiet'], { cwd, env: { PATH: bin } })
  t.is(storedRecords(cwd, 'mine')[0]?.status, 'ok')
})

withoutAddon(
  'where threads can’t be pinned, a run that pins is refused with exit 5 and the reason, and nothing is stored',
  async (t) => {
    const cwd = folder(t)
    const bin = folder(t)
    symlinkSync(process.execPath, join(bin, 'node'))
    await refused(
      t,
      ['run', ...BRIEF, 'affinity'],
      /taskset is not installed; install util-linux, or set pinProducer and pinConsumer to none/,
      {
        cwd,
        env: { PATH: bin },
        code: 5,
      },
    )
  },
)

test('what does not pin needs no taskset', async (t) => {
  const bin = folder(t)
  symlinkSync(process.execPath, join(bin, 'node'))
  await run(t, ['baseline', '--quiet'], { cwd: folder(t), env: { PATH: bin } })
})

pinning(`both ends can be pinned, by number and by place${reason}`, async (t) => {
  const cwd = folder(t)
  await run(t, ['affinity-both', '--name', 'mine', '--quiet'], { cwd })
  t.like(storedRecords(cwd, 'mine')[0], { status: 'ok', config: { pinProducer: 'first', pinConsumer: 'last' } })
})

const severalCpus = obstacle === undefined && availableParallelism() > 1
const restricting = severalCpus ? test : test.skip
restricting(
  `a run restricted to some CPUs names those, and never escapes them${severalCpus ? '' : ' (skipped: one CPU, or no taskset)'}`,
  async (t) => {
    const cwd = folder(t)
    const allowed = spawnSync('taskset', ['-pc', String(process.pid)], { encoding: 'utf8' }).stdout
    const [first, last] = [/list: (\d+)/.exec(allowed)?.[1], /(\d+)\s*$/.exec(allowed)?.[1]]
    const restricted = (...args: string[]) =>
      execute('taskset', ['-c', String(first), process.execPath, BIN, 'run', ...BRIEF, ...args], { cwd })
    const refusal = await restricted('--pin-consumer', String(last))
    t.is(refusal.code, 2)
    t.regex(refusal.stderr, new RegExp(`pinConsumer is ${last}; allowed: the CPUs this process may use \\(${first}\\)`))
    t.false(existsSync(join(cwd, 'result_data')))
    const fine = await restricted('--pin-consumer', 'last', '--quiet')
    t.is(fine.code, 0, fine.stderr)
  },
)

test('a place named first or last is a setting like any other', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'x'))
  const { stdout } = await spsc(['run', 'affinity-both', '--print-config'], { cwd })
  t.regex(stdout, /pinProducer: first +# scenario affinity-both/)
  t.regex(stdout, /pinConsumer: last +# scenario affinity-both/)
})
