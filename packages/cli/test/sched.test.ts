import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable, type MeasuredRecord, type SchedData } from '@spsc/core'
import test from 'ava'
import { folder, run, storedRecords } from './spsc.js'

const onLinux = existsSync('/proc/thread-self/schedstat') ? test : test.skip

onLinux('--collect histogram,sched measures both kinds of threads and shows them', async (t) => {
  const cwd = folder(t)
  const asked = ['--queue', 'sab,native', '--collect', 'histogram,sched', '--duration', '1', '--name', 'mine']
  const { stdout } = await run(t, asked, { cwd })
  const records = storedRecords(cwd, 'mine') as MeasuredRecord[]
  t.deepEqual(records.map(({ queue }) => queue).sort(), ['native', 'sab'])
  for (const { queue, collectors, delivered } of records) {
    const { phases } = collectors.sched as SchedData
    t.is(phases.length, 1)
    const { threads, wall_ns } = phases[0] as SchedData['phases'][number]
    t.true(wall_ns >= 1e9)
    for (const { switches, gc } of Object.values(threads)) {
      if (isUnavailable(switches)) return t.fail(switches.unavailable)
      // The producer sleeps between items, and the consumer until one comes.
      t.true(switches.voluntary > delivered / 10, `${switches.voluntary} of ${delivered}`)
      t.is(isUnavailable(gc), queue === 'native')
    }
  }
  t.true(stdout.split('\n').every((line) => line.length <= 80))
  for (const queue of ['sab', 'native']) t.regex(stdout, new RegExp(`^Scheduling: baseline on ${queue}, `, 'm'))
  t.regex(stdout, /^voluntary switches\/item +\d/m)
  t.regex(stdout, /^Contaminated: /m)
  t.regex(readFileSync(join(cwd, 'result_data/mine_report.md'), 'utf8'), /## Scheduling\n/)
})
