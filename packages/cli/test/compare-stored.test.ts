import { appendFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HistogramData, MeasuredRecord } from '@spsc/core'
import test from 'ava'
import { folder, refused, spsc } from './spsc.js'
import { measuredRecord, storeRecords } from './stored.js'

// What `compare` and `gate` say of stored runs whose figures are known: a measured record with others in their place.

let template: MeasuredRecord

test.before(async () => {
  template = await measuredRecord()
})

/** Replicates of a scenario whose times are `factor` times as long, within 1 %. */
function row(scenario: string, factor: number, { replicates = 6, queue = 'sab' } = {}): MeasuredRecord[] {
  const histogram = template.collectors.histogram as HistogramData
  return Array.from({ length: replicates }, (_, index) => {
    const times = (ns: number) => Math.round(ns * factor * (1 + 0.002 * ((index * (scenario === 'b' ? 3 : 5)) % 7)))
    const summary = { n: 1000, p50_ns: times(50_000), p99_ns: times(200_000), max_ns: times(400_000) }
    return {
      ...template,
      scenario,
      queue,
      replicate: index + 1,
      collectors: {
        histogram: { ...histogram, windows: [{ start_s: 0, latency: summary, response: summary, dropped: 0 }] },
      } as MeasuredRecord['collectors'],
    }
  })
}

test('two rows of a run differ by as much as they do, and the exit code is 0', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'r', [...row('baseline', 1), ...row('slow', 1.5), ...row('baseline twin', 1)])
  const { code, stdout } = await spsc(['compare', '--run', 'r', 'baseline', 'slow'], { cwd })
  t.is(code, 0, stdout)
  t.regex(stdout, /^latency\.p99 .* \+50\.0% .* differs$/m)
  t.regex(stdout, /^ops_s .* equivalent$/m)
  t.regex(stdout, /^Interval: of the effect, 95 %/m)
  const quiet = await spsc(['compare', '--run', 'r', 'baseline', 'slow', '--quiet'], { cwd })
  t.deepEqual([quiet.code, quiet.stdout], [0, ''])
})

test('rows that a run does not have, or has several of, are refused with those that it has', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'r', [...row('a', 1), ...row('b', 1), ...row('b', 1, { queue: 'native' })])
  const compare = (...names: string[]) => ['compare', '--run', 'r', ...names]
  const all = /allowed: a@sab, b@sab, b@native/
  await refused(t, compare('a', 'nosuch'), /row "nosuch" is not in run r; /, { cwd })
  await refused(t, compare('a', 'nosuch'), all, { cwd })
  await refused(t, compare('a', 'b'), /3 rows of run r are named; allowed: two, as SCENARIO or SCENARIO@QUEUE/, { cwd })
  await refused(t, compare('a'), /1 rows of run r are named/, { cwd })
  t.is((await spsc(compare('a', 'b@native'), { cwd })).code, 0)
})

test('two runs are compared row by row, or by the only row of each', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'old', [...row('a', 1), ...row('b', 1)])
  storeRecords(cwd, 'new', [...row('b', 1), ...row('a', 2)])
  const both = await spsc(['compare', 'old', 'new', '--across-machines', '--json'], { cwd })
  t.is(both.code, 0, both.stderr)
  const comparisons: readonly { readonly a: object; readonly design: string }[] = JSON.parse(both.stdout)
  t.deepEqual(
    comparisons.map(({ a }) => (a as { scenario: string }).scenario),
    ['a', 'b'],
  )
  t.true(comparisons.every(({ design }) => design === 'apart'))
  storeRecords(cwd, 'one', row('here', 1))
  storeRecords(cwd, 'other', row('there', 2))
  const single = await spsc(['compare', 'one', 'other', '--across-machines'], { cwd })
  t.regex(single.stdout, /^A: here on sab.*\nB: there on sab/)
  await refused(
    t,
    ['compare', 'old', 'one', '--across-machines'],
    /no row in common: a@sab, b@sab; here@sab; allowed: runs of the same scenarios and queues/,
    { cwd },
  )
})

test('lines that are no records are skipped, and named', async (t) => {
  const cwd = folder(t)
  const path = storeRecords(cwd, 'r', [...row('a', 1), ...row('b', 1)])
  appendFileSync(path, '{"schema":1}\n{"schema":1,"run":"r","scen')
  const { code, stderr } = await spsc(['compare', '--run', 'r', 'a', 'b'], { cwd })
  t.is(code, 0)
  t.is(stderr, '[spsc] [report] result_data/r_results.ndjson: lines 13, 14 are skipped: no record, torn or damaged\n')
})

test('stored runs and scenarios to measure are not mixed, nor more than two runs', async (t) => {
  const cwd = folder(t)
  for (const name of ['r', 's', 'u']) storeRecords(cwd, name, row('a', 1))
  await refused(t, ['compare', 'r', 'baseline'], /r baseline: allowed: two stored runs, or scenarios to measure/, {
    cwd,
  })
  await refused(t, ['compare', 'r', 's', 'u'], /r s u: allowed: two stored runs/, { cwd })
})

test('beside a baseline stands one stored run', async (t) => {
  const cwd = folder(t)
  for (const name of ['r', 's']) storeRecords(cwd, name, row('a', 1))
  await refused(t, ['compare', '--baseline', 'main', 'r', 's'], /allowed beside --baseline: one stored run/, { cwd })
  await refused(t, ['compare', '--baseline', 'main', 'r'], /main_results\.ndjson can't be read/, { cwd })
})

test('runs whose machine is not known are compared only where that is asked for', async (t) => {
  const cwd = folder(t)
  const paths = ['r', 's'].map((name) => storeRecords(cwd, name, row('a', 1)))
  await refused(t, ['compare', 'r', 's'], /the machine of r is not known \(ENOENT.*\).*--across-machines/, { cwd })
  for (const path of paths) {
    writeFileSync(path.replace('results.ndjson', 'manifest.json'), '{"machine":{"unavailable":"no /proc"}}')
  }
  await refused(t, ['compare', 'r', 's'], /the machine of r is not known \(no \/proc\)/, { cwd })
  const { code, stdout } = await spsc(['compare', 'r', 's', '--across-machines'], { cwd })
  t.is(code, 0)
  t.regex(stdout, /equivalent in /)
})

test('a gate passes, fails or can not tell, and its JUnit file has to be writable', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'r', [...row('a', 1), ...row('b', 1.5), ...row('a twin', 1)])
  const gate = (bound: string, ...more: string[]) =>
    spsc(['gate', '--run', 'r', 'a', 'b', '--max', bound, ...more], { cwd })
  t.is((await gate('latency.p99=+60%')).code, 0)
  t.is((await gate('latency.p99=+10%')).code, 1)
  // Its interval, a per cent wide, holds the bound.
  t.is((await gate('latency.p99=+50%')).code, 4)
  await refused(
    t,
    ['gate', '--run', 'r', 'a', 'b', '--max', 'p99=+60%', '--junit', join(cwd, 'none', 'x.xml')],
    /none\/x\.xml can't be written: ENOENT.*; choose another --junit/,
    { cwd },
  )
})

test('a margin is a share, in per cent or not', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'r', [...row('a', 1), ...row('b', 1.12), ...row('a twin', 1.2)])
  const verdict = async (margin: string) =>
    (await spsc(['compare', '--run', 'r', 'a', 'b', '--margin', margin], { cwd })).stdout
  t.regex(await verdict('30%'), /^latency\.p99 .* equivalent$/m)
  t.regex(await verdict('0.3'), /^latency\.p99 .* equivalent$/m)
  t.regex(await verdict('.05'), /^latency\.p99 .* R≈\d+$/m)
})
