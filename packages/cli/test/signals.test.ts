import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import {
  type Finished,
  filesOf,
  filesOfRun,
  fixture,
  folder,
  run,
  spsc,
  storedRecords,
  until,
  untilGone,
} from './spsc.js'

// Replicates long enough to be interrupted: none of these runs goes through its plan.
const LONG = [
  'run',
  '--warmup',
  '0',
  '--replicates',
  '3',
  '--name',
  'mine',
  '--collect',
  `histogram,${fixture('pid.mjs')}`,
]

const pidsIn = (cwd: string) => {
  const file = join(cwd, 'pids')
  return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : []
}

/** Runs until the nth replicate is being measured, then lets `act` have the process. */
function interrupt(cwd: string, nth: number, duration: string, act: (child: ChildProcess) => void): Promise<Finished> {
  return spsc([...LONG, '--duration', duration], {
    cwd,
    detached: true,
    onStart: (child) =>
      void until(`replicate ${nth} is measured`, () => pidsIn(cwd).length >= nth).then(
        () => act(child),
        () => child.kill('SIGKILL'),
      ),
  })
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test.serial(
    `${signal} ends a run with exit ${code}, what was measured stored and rendered, and no process left`,
    async (t) => {
      const cwd = folder(t)
      const finished = await interrupt(cwd, 2, '0.5', (child) => child.kill(signal))
      t.is(finished.code, code, finished.stderr)
      t.regex(
        finished.stderr,
        /\[spsc\] \[cli\] interrupted: 1 of 3 replicates are stored; go on with --name mine --resume\n$/,
      )
      const records = storedRecords(cwd, 'mine')
      t.deepEqual(
        records.map(({ status, order }) => `${status} ${order}`),
        ['ok 1'],
      )
      t.deepEqual(filesOf(cwd), filesOfRun('mine'))
      t.is(readFileSync(join(cwd, 'result_data/mine_metrics.csv'), 'utf8').trimEnd().split('\n').length, 2)
      t.regex(finished.stdout, /^baseline /m)
      const pids = pidsIn(cwd)
      t.is(pids.length, 2)
      for (const pid of pids) await untilGone(pid)
    },
  )
}

test.serial('an interrupted run goes on where it was', async (t) => {
  const cwd = folder(t)
  const finished = await interrupt(cwd, 2, '0.5', (child) => child.kill('SIGINT'))
  t.is(finished.code, 130)
  const { code, stderr } = await spsc([...LONG, '--duration', '0.5', '--resume', '--quiet'], { cwd })
  t.is(code, 0, stderr)
  t.deepEqual(
    storedRecords(cwd, 'mine').map(({ status, order }) => `${status} ${order}`),
    ['ok 1', 'ok 2', 'ok 3'],
  )
})

test.serial('SIGINT before anything is measured leaves a run that can be resumed', async (t) => {
  const cwd = folder(t)
  const finished = await interrupt(cwd, 1, '60', (child) => child.kill('SIGINT'))
  t.is(finished.code, 130)
  t.regex(finished.stderr, /interrupted: 0 of 3 replicates are stored/)
  t.is(finished.stdout, '')
  await run(t, ['--name', 'mine', '--resume', '--quiet'], { cwd })
  t.is(storedRecords(cwd, 'mine').length, 1)
})

test.serial(
  'a second signal ends it at once: nothing more is rendered, what was measured is stored, no process is left',
  async (t) => {
    const cwd = folder(t)
    const finished = await interrupt(cwd, 2, '0.5', (child) => {
      // Stopped, it gets both at once, however busy the machine is.
      for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(signal)
    })
    t.true(finished.code === 130 || finished.code === 143, `exit code ${finished.code}`)
    t.notRegex(finished.stderr, /interrupted/)
    t.is(finished.stdout, '')
    t.is(storedRecords(cwd, 'mine').length, 1)
    for (const pid of pidsIn(cwd)) await untilGone(pid)
  },
)

test.serial('a Ctrl-C, which reaches the whole process group, stores what was measured and no failure', async (t) => {
  const cwd = folder(t)
  const finished = await interrupt(cwd, 2, '0.5', (child) => process.kill(-(child.pid as number), 'SIGINT'))
  t.is(finished.code, 130, finished.stderr)
  t.deepEqual(
    storedRecords(cwd, 'mine').map(({ status }) => status),
    ['ok'],
  )
})

test.serial(
  'after kill -9 every finished replicate is readable, no process is left, and the run goes on',
  async (t) => {
    const cwd = folder(t)
    const finished = await interrupt(cwd, 2, '0.5', (child) => child.kill('SIGKILL'))
    t.is(finished.signal, 'SIGKILL')
    t.deepEqual(
      storedRecords(cwd, 'mine').map(({ order }) => order),
      [1],
    )
    for (const pid of pidsIn(cwd)) await untilGone(pid)
    const report = await spsc(['report', 'mine'], { cwd })
    t.is(report.code, 0, report.stderr)
    const { code, stderr } = await spsc([...LONG, '--duration', '0.5', '--resume', '--quiet'], { cwd })
    t.is(code, 0, stderr)
    t.is(storedRecords(cwd, 'mine').length, 3)
  },
)

test.serial('a replicate that is killed fails alone', async (t) => {
  const cwd = folder(t)
  const finished = await interrupt(cwd, 2, '0.5', () => process.kill(pidsIn(cwd).at(-1) as number, 'SIGKILL'))
  t.is(finished.code, 3)
  t.regex(
    finished.stderr,
    /baseline on sab, replicate 2 failed: \[spsc\] \[lab\] queue sab: its process ended in [a-z]+ with SIGKILL/,
  )
  t.deepEqual(
    storedRecords(cwd, 'mine').map(({ status }) => status),
    ['ok', 'failed', 'ok'],
  )
})
