import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { folder, refused, run, spsc, storedRecords } from './spsc.js'

test('--burst reaches the producer, and the record says so', async (t) => {
  const cwd = folder(t)
  const args = ['run', '--burst', '5', '--pacing', 'deadline', '--duration', '0.2', '--warmup', '0', '--quiet']
  // On a busy machine the rate is missed, which changes nothing in what was planned.
  const { code, stderr } = await spsc(args, { cwd })
  t.true(code === 0 || code === 3, stderr)
  const [record] = storedRecords(cwd, 'baseline')
  t.is(record?.config.burst, 5)
  t.true(record?.status === 'ok' && record.phases[0]?.scheduled === 200)
})

test('a burst at interval 0 is refused before anything is measured', (t) =>
  refused(t, ['run', '--burst', '2', '--prod-interval-us', '0'], /burst is 2 at prodIntervalUs 0/))

test('a timer slack out of range is refused', (t) =>
  refused(t, ['run', '--timer-slack', '0'], /--timer-slack is "0"; allowed: default or an integer of nanoseconds/))

test('the report and the manifest say what the timer slack was', async (t) => {
  const cwd = folder(t)
  await run(t, ['--timer-slack', '20000', '--name', 'mine', '--quiet'], { cwd })
  const text = (file: string) => readFileSync(join(cwd, 'result_data', file), 'utf8')
  t.regex(text('mine_report.md'), /^- Timer slack, .*: producer .*; consumer /m)
  t.regex(text('mine_manifest.json'), /"timerSlack": 20000/)
})

test('a rate that was missed ends with exit code 3 and its cause', async (t) => {
  const cwd = folder(t)
  const overload = ['--prod-interval-us', '100', '--queue-cap', '2', '--work-bytes', '1000000', '--on-full', 'block']
  const args = ['run', ...overload, '--pacing', 'deadline', '--duration', '0.2', '--warmup', '0', '--quiet']
  const { code, stderr } = await spsc(args, { cwd })
  t.is(code, 3)
  t.regex(stderr, /is invalid: \d+ % of the scheduled items were offered: .*pushes waited/)
})
