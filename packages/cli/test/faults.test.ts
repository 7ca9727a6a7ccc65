import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseRecord } from '@spsc/core'
import test from 'ava'
import { killRuns } from './faults/kills.js'
import { CODES, runWithFault } from './faults/write-faults.js'
import { BRIEF, folder, spsc } from './spsc.js'

// A few of what `npm run prove` does at every write, and a thousand times.

test.serial(
  'whichever write of a run fails, it is said, the run ends badly, and what was measured stays readable',
  async (t) => {
    const { writes, wrong } = await runWithFault(0, 'EIO')
    t.deepEqual(wrong, [])
    t.true(writes > 30, `${writes} writes`)
    // The folder, the lock and who has it, the results, a record, the last of the manifest, the last file: by one error or
    // the other.
    const chosen = [2, 3, 4, 5, 8, 11, writes - 1]
    for (const [index, at] of chosen.entries()) {
      const code = CODES[index % CODES.length] as string
      const fault = await runWithFault(at, code)
      t.deepEqual(fault.wrong, [], `${code} at write ${at}: ${fault.failed}`)
    }
  },
)

test.serial(
  'after each of 20 kill -9 every finished replicate is readable, also what is stored behind a torn line',
  async (t) => {
    const { stored, wrong } = await killRuns(20, (kill: number) => (kill * 7) % 60)
    t.deepEqual(wrong, [])
    t.true(stored > 0)
  },
)

test.serial('a run whose results can’t be synced to their device says so', async (t) => {
  const fault = await runWithFault(12, 'EIO')
  t.regex(String(fault.failed), /^fsync .*mine_results\.ndjson$/)
  t.deepEqual(fault.wrong, [])
})

test.serial('a clock that is set back during a run moves no figure', async (t) => {
  const cwd = folder(t)
  // The wall clock of the run goes back an hour at each look: it labels the record, and times nothing.
  const hook = join(cwd, 'clock.mjs')
  writeFileSync(hook, 'const { now } = Date; let looks = 0; Date.now = () => now() - 3_600_000 * ++looks')
  const finished = await spsc(['run', ...BRIEF, '--json', '--quiet'], {
    cwd,
    env: { NODE_OPTIONS: `--import=${hook}` },
  })
  t.is(finished.code, 0, finished.stderr)
  const record = parseRecord(finished.stdout.trim())
  if (record?.status !== 'ok') return t.fail('no record')
  t.true(record.phases.every((phase) => phase.end_ns > phase.start_ns && phase.end_ns - phase.start_ns < 30e9))
})
