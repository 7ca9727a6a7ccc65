import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MaxRateResult } from '@spsc/core'
import test, { type ExecutionContext } from 'ava'
import { BRIEF, filesOf, filesOfRun, fixture, folder, refused, spsc, storedRecords, until } from './spsc.js'

const manifest = (cwd: string) => JSON.parse(readFileSync(join(cwd, 'result_data/sweep_manifest.json'), 'utf8'))
const cells = (cwd: string) => storedRecords(cwd, 'sweep').map(({ scenario, replicate }) => `${scenario} ${replicate}`)
const searchOf = (cwd: string) => manifest(cwd).max_rate as [MaxRateResult]

/** Runs until the nth replicate is being measured, then sends SIGINT. */
function interrupt(cwd: string, nth: number, args: readonly string[]) {
  const file = join(cwd, 'pids')
  const measured = () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').length : 0)
  return spsc(args, {
    cwd,
    onStart: (child) =>
      void until(`replicate ${nth} is measured`, () => measured() >= nth).then(
        () => child.kill('SIGINT'),
        () => child.kill('SIGKILL'),
      ),
  })
}

const PRODUCT = [
  ...['sweep', '--queue-cap', '8..16*2', '--prod-interval-us', '500..1000+500', '--replicates', '2'],
  ...['--warmup', '0', '--duration', '0.3', '--collect', `histogram,${fixture('pid.mjs')}`],
]
const ALL = ['500 queue-cap=8', '500 queue-cap=16', '1000 queue-cap=8', '1000 queue-cap=16'].flatMap((settings) =>
  [1, 2].map((replicate) => `baseline prod-interval-us=${settings} ${replicate}`),
)

test.serial(
  'a sweep of two ranges says how long it takes, can be interrupted, and goes on to the whole product',
  async (t) => {
    const cwd = folder(t)
    const first = await interrupt(cwd, 3, PRODUCT)
    t.is(first.code, 130, first.stderr)
    t.regex(first.stderr, /4 cells x 2 replicates: about \d+ s/)
    t.regex(first.stderr, /interrupted: 2 of 8 replicates are stored; go on with --name sweep --resume\n$/)
    t.is(cells(cwd).length, 2)
    const second = await spsc([...PRODUCT, '--name', 'sweep', '--resume'], { cwd })
    t.is(second.code, 0, second.stderr)
    t.deepEqual(cells(cwd).sort(), [...ALL].sort())
    t.deepEqual(filesOf(cwd), filesOfRun('sweep', ['heatmap', 'pareto']))
  },
)

test.serial(
  'a sweep measures three replicates of each cell, in blocks whose order is drawn from the seed',
  async (t) => {
    const cwd = folder(t)
    const { code, stderr } = await spsc(['sweep', ...BRIEF, '--queue-cap', '1..4', '--seed', '3', '--quiet'], { cwd })
    t.is(code, 0, stderr)
    const capacities = storedRecords(cwd, 'sweep').map(({ config }) => config.queueCap)
    const blocks = [0, 4, 8].map((at) => capacities.slice(at, at + 4))
    for (const block of blocks) t.deepEqual([...block].sort(), [1, 2, 3, 4])
    t.true(new Set(blocks.map(String)).size > 1)
  },
)

test.serial('each setting that is swept is a column of the CSV', async (t) => {
  const cwd = folder(t)
  await spsc(['sweep', ...BRIEF, '--queue-cap', '8..16*2', '--replicates', '1', '--quiet'], { cwd })
  const [header = '', ...rows] = readFileSync(join(cwd, 'result_data/sweep_metrics.csv'), 'utf8').trimEnd().split('\n')
  const column = header.split(',').indexOf('queue_cap')
  t.deepEqual(rows.map((row) => row.split(',')[column]).sort(), ['16', '8'])
})

test.serial('the table of a long sweep is cut, and fits 80 columns', async (t) => {
  const cwd = folder(t)
  const args = ['--duration', '1ms', '--warmup', '0', '--queue-cap', '1..32', '--replicates', '1']
  const { code, stdout, stderr } = await spsc(['sweep', ...args], { cwd })
  t.is(code, 0, stderr)
  t.regex(stdout, /^2 more rows are in the report and the CSV\.$/m)
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80),
    [],
  )
})

// An objective that holds whenever the rate is kept, so that a search goes some way on a busy machine too.
const SEARCH = [
  ...['sweep', '--max-rate', '--slo', 'p50<100s', '--rate', '200..1600', '--resolution', '50%'],
  ...['--duration', '100ms', '--warmup', '0', '--replicates', '1'],
]

function isBracket(t: ExecutionContext, { outcome, held, failed, steps }: MaxRateResult): void {
  t.true(['found', 'inconclusive'].includes(outcome), outcome)
  const rates = (verdict: string) => steps.filter((step) => step.verdict === verdict).map(({ rate }) => rate)
  if (held !== undefined) t.is(held, Math.max(...rates('held')))
  if (failed !== undefined) t.true(rates('failed').includes(failed) && failed > (held ?? 0))
}

test.serial('a search for the highest rate ends in a bracket that is printed, stored and reported again', async (t) => {
  const cwd = folder(t)
  const { code, stdout, stderr } = await spsc(SEARCH, { cwd })
  const [result] = searchOf(cwd)
  t.is(code, result.outcome === 'found' ? 0 : 4, stderr)
  isBracket(t, result)
  const line = /^highest rate of baseline on sab with response\.p50<100s: .*$/m.exec(stdout)?.[0]
  t.truthy(line)
  const labels = result.steps.map(({ rate }) => `baseline rate=${rate} 1`)
  t.deepEqual(cells(cwd), labels)
  for (const { config } of storedRecords(cwd, 'sweep')) t.is(config.pacing, 'deadline')
  const report = await spsc(['report', 'sweep'], { cwd })
  t.is(report.code, 0, report.stderr)
  t.true(report.stdout.includes(line as string))
  const markdown = readFileSync(join(cwd, 'result_data/sweep_report.md'), 'utf8')
  t.regex(markdown, /## Highest rate that holds/)
  for (const { rate } of result.steps) t.regex(markdown, new RegExp(`^\\| +${rate} \\|`, 'm'))
})

test.serial('a search that is interrupted keeps its steps, says it is unfinished, and goes on', async (t) => {
  const cwd = folder(t)
  const args = [...SEARCH, '--collect', fixture('pid.mjs')]
  const first = await interrupt(cwd, 2, [...args, '--name', 'sweep'])
  t.is(first.code, 130, first.stderr)
  t.regex(first.stderr, /interrupted: 1 replicates? (is|are) stored; go on with --name sweep --resume\n$/)
  t.is(searchOf(cwd)[0].outcome, 'unfinished')
  const [before] = storedRecords(cwd, 'sweep')
  const { code, stderr } = await spsc([...args, '--name', 'sweep', '--resume', '--quiet'], { cwd })
  const [result] = searchOf(cwd)
  t.is(code, result.outcome === 'found' ? 0 : 4, stderr)
  isBracket(t, result)
  t.deepEqual(storedRecords(cwd, 'sweep')[0], before)
  t.is(new Set(cells(cwd)).size, cells(cwd).length)
})

test.serial('where no rate holds, the answer is inconclusive and the exit code 4', async (t) => {
  const { code, stdout, stderr } = await spsc([...SEARCH, '--slo', 'p50<1ns'], { cwd: folder(t) })
  t.is(code, 4, stderr)
  t.regex(stdout, /inconclusive: 200\/s failed; 200\/s and 400\/s did not hold/)
})

test.serial('where nothing can be measured the exit code is 3', async (t) => {
  const { code, stdout, stderr } = await spsc([...SEARCH, '--queue', fixture('throws.mjs')], { cwd: folder(t) })
  t.is(code, 3, stderr)
  t.regex(stdout, /no rate could be measured/)
})

test.serial('with --json stdout has records alone', async (t) => {
  const cwd = folder(t)
  const { stdout, stderr } = await spsc([...SEARCH, '--json'], { cwd })
  t.deepEqual(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
    storedRecords(cwd, 'sweep'),
  )
  t.regex(stderr, /^highest rate of baseline on sab/m)
})

const WRONG: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['--slo', 'p99<1ms'], /--slo is of a search for the highest rate; add --max-rate/],
  [['--resolution', '5%'], /--resolution is of a search/],
  [['--max-rate'], /--max-rate needs --slo/],
  [['--max-rate', '--slo', 'p99<1ms', '--resolution', 'fine'], /--resolution is "fine"; allowed: 0\.5% to 100%/],
  [['--max-rate', '--slo', 'p98<1ms'], /--slo is "p98<1ms"; allowed: p50, p90/],
  [['--max-rate', '--slo', 'p99<100'], /--slo is "p99<100"; allowed/],
  [['--max-rate', '--slo', 'p99>1ms'], /--slo is "p99>1ms"; allowed/],
  [['--max-rate', '--slo', 'p99<1ms,drop<2'], /--slo is "drop<2"; allowed/],
  [['--max-rate', '--slo', 'p99<1ms', '--rate', '5'], /--rate is "5"; allowed with --max-rate: LOWEST\.\.HIGHEST/],
  [['--max-rate', '--slo', 'p99<1ms', '--rate', '5..50*2'], /allowed with --max-rate: LOWEST\.\.HIGHEST/],
  [['--max-rate', '--slo', 'p99<1ms', '--rate', '50..5'], /its first value is above its last/],
  [['--max-rate', '--slo', 'p99<1ms', '--rate', '0.001..5'], /rates are 0\.001\.\.5; allowed/],
  [['--max-rate', '--slo', 'p99<1ms', '--resolution', '0'], /--resolution is "0"; allowed: 0\.5% to 100%/],
  [['--max-rate', '--slo', 'p99<1ms', '--pacing', 'sleep'], /pacing is sleep/],
  [['--max-rate', '--slo', 'p99<1ms', '--prod-interval-us', '5'], /exclude each other; bound the search with --rate/],
  [['--max-rate', '--slo', 'p99<1ms', '--emit-latencies', 'x'], /--emit-latencies and --max-rate exclude each other/],
  [['--max-time', '0'], /--max-time is "0"; allowed: a duration above 0/],
  [['--queue-cap', '1..5000+1'], /takes about 45\.\d h, more than --max-time 24h/],
  [['--queue-cap', '4..2'], /its first value is above its last/],
]
for (const [args, message] of WRONG) {
  test(`sweep ${args.join(' ')} is refused`, (t) => refused(t, ['sweep', ...args], message))
}

test('--max-time may be raised above a day', async (t) => {
  await refused(t, ['sweep', '--queue-cap', '1..5000+1', '--max-time', '30h'], /more than --max-time 30h/)
  await refused(
    t,
    ['sweep', '--queue-cap', '1..5000+1', '--max-time', '100h', '--out', '/dev/null'],
    /can't be written/,
  )
})

test('what a search is told by the environment is named as such where it is wrong', (t) =>
  refused(t, ['sweep', '--max-rate'], /SPSC_SLO is "p99"; allowed: /, { env: { SPSC_SLO: 'p99' } }))

test('a search prints its configuration instead of searching', async (t) => {
  const cwd = folder(t)
  const args = [
    'sweep',
    '--max-rate',
    '--slo',
    'p99<1ms',
    '--queue-cap',
    '8,16',
    '--rate',
    '50..5000',
    '--print-config',
  ]
  const { code, stdout, stderr } = await spsc(args, { cwd })
  t.is(code, 0, stderr)
  t.regex(stdout, /pacing.*deadline.*default of --max-rate/)
  t.regex(stdout, /prod-?interval-?us.*20000.*first rate of --max-rate/i)
  t.deepEqual(readdirSync(cwd), [])
})

test.serial('searches of several cells are counted before they begin', async (t) => {
  const cwd = folder(t)
  const bounds = [
    '--max-rate',
    '--slo',
    'p50<100s',
    '--rate',
    '200..400',
    '--resolution',
    '100%',
    '--queue-cap',
    '8,16',
  ]
  const { code, stderr } = await spsc(['sweep', ...bounds, '--replicates', '1', ...BRIEF], { cwd })
  t.true([0, 4].includes(code ?? -1), stderr)
  t.regex(stderr, /2 searches, each of up to \d+ steps? x 1 replicate: up to /)
})
