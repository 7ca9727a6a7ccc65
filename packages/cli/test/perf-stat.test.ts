import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable, type PerfStatData } from '@spsc/core'
import anyTest, { type ExecutionContext } from 'ava'
import { folder, refused, run, spsc, storedRecords } from './spsc.js'

const test = process.platform === 'linux' ? anyTest : anyTest.skip

/** A PATH of one folder that holds node, and this perf where one is given. */
function pathWith(t: ExecutionContext, perf?: string): NodeJS.ProcessEnv {
  const dir = folder(t)
  symlinkSync(process.execPath, join(dir, 'node'))
  if (perf !== undefined) {
    writeFileSync(join(dir, 'perf'), perf)
    chmodSync(join(dir, 'perf'), 0o755)
  }
  return { PATH: dir }
}

/** A perf that counts 3 switches of each thread of the process it is given. */
const COUNTING = `#!/bin/sh
PATH=/bin:/usr/bin
trap '' INT
case "$*" in *true) exit 0;; esac
read -r on <&3; echo ack >&3
read -r off <&3; echo ack >&3
for task in /proc/$PPID/task/*; do printf 'node-%s\\t3\\t\\tcs\\t1\\t100.00\\n' "\${task##*/}"; done >&4
`
const REFUSING = '#!/bin/sh\necho "event syntax error: \'cs,fautls\'" >&2\nexit 129\n'

function perfData(cwd: string): unknown {
  const [record] = storedRecords(cwd, 'mine')
  return record?.status === 'ok' ? record.collectors['perf-stat'] : record
}

test('--perf-events adds perf-stat, and its block follows the table and stands in the report', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['--perf-events', 'cs', '--name', 'mine'], { cwd, env: pathWith(t, COUNTING) })
  const data = perfData(cwd) as PerfStatData
  t.is(data.events, 'cs')
  t.like(data.phases[0], { phase: 'paced', events: [{ event: 'cs', value: 6, producer: 3, consumer: 3 }] })
  t.regex(
    stdout,
    /^scenario [\s\S]*\n\n Performance counter stats for `baseline` on `sab` \(1 run, paced\):\n[\s\S]* 6 +cs\n/,
  )
  t.regex(readFileSync(join(cwd, 'result_data/mine_report.md'), 'utf8'), /## Performance counters/)
  t.regex(readFileSync(join(cwd, 'result_data/mine_results.ndjson'), 'utf8'), /"histogram":\{"latency"/)
  const again = await spsc(['report', 'mine'], { cwd })
  t.regex(again.stdout, /Performance counter stats/)
})

test('the events also come from SPSC_PERF_EVENTS, for a perf-stat that was named too', async (t) => {
  const cwd = folder(t)
  const env = { ...pathWith(t, COUNTING), SPSC_PERF_EVENTS: 'cs' }
  await run(t, ['--collect', 'perf-stat', '--name', 'mine', '--quiet'], { cwd, env })
  t.like(perfData(cwd), { events: 'cs' })
})

test('an event that perf does not know is refused before anything is measured', (t) =>
  refused(
    t,
    ['run', '--perf-events', 'cs,fautls'],
    /--perf-events is "cs,fautls": event syntax error: 'cs,fautls'; allowed: events that perf list shows/,
    { env: pathWith(t, REFUSING) },
  ))

test('no event at all is refused', (t) => refused(t, ['run', '--perf-events', ''], /--perf-events is "": no event/))

test('without perf the run is measured, and says what to install', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['--collect', 'histogram,perf-stat', '--perf-events', 'cs', '--name', 'mine'], {
    cwd,
    env: pathWith(t),
  })
  const data = perfData(cwd)
  t.regex(isUnavailable(data) ? data.unavailable : '', /^perf is not in PATH; /)
  t.regex(stdout, /perf-stat not measured: perf is not in PATH; install it: apt install\s+linux-perf/)
})
