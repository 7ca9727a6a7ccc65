import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { folder, refused, run, spsc } from './spsc.js'

const BRIEF = ['--duration', '100ms', '--seed', '1', '--collect', 'histogram']

test('two scenarios are measured in blocks with a twin, and the verdict takes six', async (t) => {
  const cwd = folder(t)
  const args = ['compare', 'baseline', 'queue-cap-8', '--replicates', '2', '--quiet', '--warmup', '0', ...BRIEF]
  const { code, stderr } = await spsc(args, { cwd })
  t.is(code, 4, stderr)
  const again = await spsc(['compare', '--run', 'compare', 'baseline', 'queue-cap-8'], { cwd })
  t.is(again.code, 4, again.stderr)
  t.regex(again.stdout, /^A: baseline on sab, run compare\nB: queue-cap-8 on sab, run compare\n2 blocks, both measured/)
  t.true(again.stdout.split('\n').every((line) => line.length <= 80))
  t.regex(again.stdout, /latency\.p99 .* R≈\d+/)
  const json = await spsc(['compare', '--run', 'compare', 'baseline', 'queue-cap-8', '--json'], { cwd })
  const [comparison] = JSON.parse(json.stdout)
  t.like(comparison, { design: 'interleaved', blocks: 2, a: { scenario: 'baseline' } })
})

test('a baseline is kept, and a later run is held against it', async (t) => {
  const cwd = folder(t)
  await run(t, ['baseline', '--replicates', '6', '--save-baseline', 'main', '--quiet', ...BRIEF], { cwd })
  t.true(existsSync(join(cwd, 'result_data/baselines/main_results.ndjson')))
  await refused(
    t,
    ['run', 'baseline', '--save-baseline', 'main'],
    /main_results\.ndjson exists; choose another --save-baseline/,
    { cwd },
  )
  // Held against itself: whatever the machine did, nothing got worse.
  const path = 'result_data/baseline_results.ndjson'
  const junit = join(cwd, 'gate.xml')
  const same = await spsc(['gate', '--baseline', 'main', path, '--max', 'p99=+10%,ops_s=-5%', '--junit', junit], {
    cwd,
  })
  t.is(same.code, 0, same.stdout + same.stderr)
  t.is(same.stdout.match(/^pass: /gm)?.length, 2)
  t.regex(readFileSync(junit, 'utf8'), /tests="2" failures="0" errors="0"/)

  // And against a copy five times as fast: a regression that no noise of the machine makes or hides.
  const fast = readFileSync(join(cwd, path), 'utf8').replaceAll(
    /"(p50|p99|max)_ns":(\d+)/g,
    (_, name, ns) => `"${name}_ns":${Number(ns) / 5}`,
  )
  writeFileSync(join(cwd, 'result_data/baselines/main_results.ndjson'), fast)
  const worse = await spsc(['gate', '--baseline', 'main', path, '--max', 'response.p99=+10%'], { cwd })
  t.is(worse.code, 1, worse.stdout + worse.stderr)
  t.regex(worse.stdout, /^REGRESSED: baseline on sab: response\.p99 \+400%/)
  t.regex(worse.stdout, /^reproduce: spsc gate --baseline main/m)
  const annotated = await spsc(['gate', '--baseline', 'main', path, '--max', 'p99=+10%', '--format', 'github'], { cwd })
  t.regex(annotated.stdout, /^::error title=/)
})

test('scenarios are measured now and held against a baseline', async (t) => {
  const cwd = folder(t)
  await run(t, ['baseline', '--save-baseline', 'main', '--quiet', '--replicates', '2', ...BRIEF], { cwd })
  const args = ['compare', '--baseline', 'main', 'baseline', '--replicates', '2', '--quiet', '--warmup', '0', ...BRIEF]
  const { code, stdout, stderr } = await spsc([...args, '--name', 'now', '--json'], { cwd })
  t.is(code, 4, stderr)
  const [comparison] = JSON.parse(stdout)
  t.like(comparison, { design: 'apart', blocks: 2, a: { run: 'baseline' }, b: { run: 'now' } })
})

test('a baseline that can not be kept is said, and the run stays', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'result_data'))
  writeFileSync(join(cwd, 'result_data/baselines'), 'mine')
  const { code, stderr } = await spsc(['run', 'baseline', '--save-baseline', 'main', '--quiet', ...BRIEF], { cwd })
  t.is(code, 3)
  t.regex(stderr, /baselines\/main_results\.ndjson can't be written: .*; choose another --out$/m)
  t.true(existsSync(join(cwd, 'result_data/baseline_results.ndjson')))
})

test('runs of machines that differ are not compared unless told to', async (t) => {
  const cwd = folder(t)
  await run(t, ['baseline', '--name', 'a', '--quiet', ...BRIEF], { cwd })
  await run(t, ['baseline', '--name', 'b', '--quiet', ...BRIEF], { cwd })
  const path = join(cwd, 'result_data/b_manifest.json')
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  writeFileSync(path, JSON.stringify({ ...manifest, machine: { ...manifest.machine, cpu_model: 'another' } }))
  await refused(t, ['compare', 'a', 'b'], /measured on machines that differ.*--across-machines/, { cwd })
  const told = await spsc(['compare', 'a', 'b', '--across-machines'], { cwd })
  t.is(told.code, 4, told.stderr)
  t.regex(told.stdout, /one run after the other/)
})

test('what can not be compared is refused before anything is measured', async (t) => {
  const cwd = folder(t)
  const wrong: readonly (readonly [args: string[], message: RegExp])[] = [
    [['compare', 'baseline'], /of two rows, and these unfold into 1/],
    [['compare', 'baseline', 'affinity', 'queue-cap-8'], /of two rows/],
    [['compare', 'nosuch', 'baseline'], /"nosuch" is unknown/],
    [['compare', '--run', 'none', 'a', 'b'], /none_results\.ndjson can't be read/],
    [['compare', '--run', 'a', '--baseline', 'b', 'c'], /exclude each other/],
    [['compare', '--baseline', '../x', 'baseline'], /name is "\.\.\/x"/],
    [['compare', 'baseline', 'affinity', '--margin', '3'], /--margin is "3"; allowed: a share from 5% to 100%/],
    [['compare', 'baseline', 'affinity', '--margin', 'ten'], /--margin is "ten"; allowed: a share/],
    [['compare', 'baseline', 'affinity', '--figures', 'p99'], /--figures has "p99"; allowed: latency\.p50/],
    [['gate', 'baseline', 'affinity'], /--max is missing/],
    [['gate', 'baseline', 'affinity', '--max', 'p99=10'], /--max is "p99=10"; allowed/],
  ]
  for (const [args, message] of wrong) await refused(t, args, message, { cwd })
})
