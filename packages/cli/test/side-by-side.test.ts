import { cpSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { filesOf, folder, refused, run, spsc, storedRecords } from './spsc.js'

/** A folder with runs `a` (baseline, twice) and `b` (baseline and affinity). */
async function runs(t: ExecutionContext): Promise<string> {
  const cwd = folder(t)
  await run(t, ['--name', 'a', '--quiet', '--replicates', '2'], { cwd })
  await run(t, ['baseline', 'queue-cap-8', '--name', 'b', '--quiet'], { cwd })
  return cwd
}

/** Changes what a run's manifest says. */
function edit(cwd: string, name: string, change: (manifest: Record<string, unknown>) => void): void {
  const path = join(cwd, 'result_data', `${name}_manifest.json`)
  const manifest = JSON.parse(readFileSync(path, 'utf8'))
  change(manifest)
  writeFileSync(path, JSON.stringify(manifest))
}

const rowsOf = (table: string) => [...table.matchAll(/^(\S+: \S+) /gm)].map(([, name]) => name)

test('report prints several runs as one table, rows of one scenario together, and writes nothing', async (t) => {
  const cwd = await runs(t)
  const before = filesOf(cwd)
  const { code, stdout, stderr } = await spsc(['report', 'a', 'b'], { cwd })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  t.deepEqual(rowsOf(stdout), ['a: baseline', 'b: baseline', 'b: queue-cap-8'])
  t.true(stdout.split('\n').every((line) => line.length <= 80))
  t.deepEqual(filesOf(cwd), before)
})

test('--name stores and renders them as one run, which can be reported as any other', async (t) => {
  const cwd = await runs(t)
  const { stdout } = await spsc(['report', 'a', 'b', '--name', 'both'], { cwd })
  t.regex(stdout, /^result_data\/both_results\.ndjson\nresult_data\/both_metrics\.csv$/m)
  const kept = storedRecords(cwd, 'both')
  t.deepEqual(kept.map(({ run }) => run).sort(), ['a', 'a', 'b', 'b'])
  const again = await spsc(['report', 'both'], { cwd })
  t.is(again.code, 0, again.stderr)
  t.deepEqual(rowsOf(again.stdout), ['a: baseline', 'b: baseline', 'b: queue-cap-8'])

  await refused(
    t,
    ['report', 'a', 'b', '--name', 'both'],
    /both_results\.ndjson exists; choose another --name, or --force/,
    { cwd },
  )
  await refused(t, ['report', 'a', 'b', '--name', 'a', '--force'], /a_results\.ndjson exists/, { cwd })
  const forced = await spsc(['report', 'b', 'a', '--name', 'both', '--force'], { cwd })
  t.is(forced.code, 0, forced.stderr)
  t.deepEqual(rowsOf(forced.stdout), ['b: baseline', 'a: baseline', 'b: queue-cap-8'])
})

test('runs of one name are told apart by their folders, and may be given as paths', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'a', '--quiet', '--out', 'old'], { cwd })
  cpSync(join(cwd, 'old'), join(cwd, 'new'), { recursive: true })
  const { code, stdout } = await spsc(['report', 'old/a_results.ndjson', 'new/a_results.ndjson'], { cwd })
  t.is(code, 0)
  t.deepEqual(rowsOf(stdout), ['old/a: baseline', 'new/a: baseline'])
  const one = await spsc(['report', './old/a_results.ndjson'], { cwd })
  t.regex(one.stdout, /^old\/a_metrics\.csv$/m)
})

test('machines that differ are said, a line for each field, and stand among the warnings of what is rendered', async (t) => {
  const cwd = await runs(t)
  edit(cwd, 'b', (manifest) => Object.assign(manifest.machine as object, { kernel: '7.0', memory_gib: 1 }))
  const { code, stderr } = await spsc(['report', 'a', 'b', '--name', 'both'], { cwd })
  t.is(code, 0)
  const [what, ...fields] = stderr.trimEnd().split('\n')
  t.is(what, 'a and b were measured on machines that differ: their figures do not compare')
  t.is(fields.length, 2)
  t.regex(fields[0] as string, /^- kernel: .+ → 7\.0$/)
  t.regex(fields[1] as string, /^- memory_gib: [\d.]+ → 1$/)
  t.regex(
    readFileSync(join(cwd, 'result_data', 'both_report.md'), 'utf8'),
    /machines that differ: .*kernel: .* → 7\.0.*\(2 times\)/,
  )
})

test('a machine that is not known is said', async (t) => {
  const cwd = await runs(t)
  edit(cwd, 'a', (manifest) => delete manifest.machine)
  const { code, stderr } = await spsc(['report', 'a', 'b'], { cwd })
  t.is(code, 0)
  t.is(stderr, 'the machine of a is not known (its manifest names none): figures of a and b may not compare\n')
})

test('a torn last line of one run is skipped and said', async (t) => {
  const cwd = await runs(t)
  writeFileSync(join(cwd, 'result_data', 'b_results.ndjson'), '{"schema":1,"ru', { flag: 'a' })
  const { code, stderr } = await spsc(['report', 'a', 'b'], { cwd })
  t.is(code, 0)
  t.regex(
    stderr,
    /^\[spsc\] \[report\] result_data\/b_results\.ndjson: line 3 is skipped: no record, torn or damaged\n$/,
  )
})

test('several runs are exported as one', async (t) => {
  const cwd = await runs(t)
  const { stdout } = await spsc(['report', 'a', 'b', '--out', 'hlog=-'], { cwd })
  t.deepEqual([...stdout.matchAll(/^Tag=([^,]+),/gm)].map(([, tag]) => tag).sort(), [
    'a:_baseline/sab',
    'a:_baseline/sab',
    'b:_baseline/sab',
    'b:_queue-cap-8/sab',
  ])
})

test('a run that is named twice, or not stored, or no run at all is refused', async (t) => {
  const cwd = await runs(t)
  await refused(t, ['report', 'a', 'result_data/a_results.ndjson'], /a_results\.ndjson is named twice/, { cwd })
  await refused(t, ['report', 'a', 'c'], /c_results\.ndjson can't be read: ENOENT/, { cwd })
  await refused(
    t,
    ['report', 'result_data/a_metrics.csv'],
    /allowed: the name of a run, or the path of its NAME_results/,
    { cwd },
  )
  await refused(t, ['report', 'a', '../a'], /allowed: the name of a run, or the path of its NAME_results/, { cwd })
  await refused(t, ['report', 'a', '--name', 'b'], /--name is for several runs/, { cwd })
  await refused(t, ['report', 'a', 'b', '--name', '../up'], /name is "\.\.\/up"; allowed: letters/, { cwd })
})
