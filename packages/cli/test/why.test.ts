import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { folder, refused, run, spsc, storedRecords, until } from './spsc.js'

// The effects are enormous, so that no noise of a machine can hide them or look like them.
const STALL = 'consumer-stall=150ms/500ms'
const MEASURE = ['--duration', '2.5', '--pacing', 'deadline', '--collect', 'histogram,ledger,sched']

async function stalled(t: ExecutionContext, ...more: string[]): Promise<string> {
  const cwd = folder(t)
  await run(t, ['--name', 'stalled', '--inject', STALL, ...MEASURE, ...more], { cwd })
  return cwd
}

/** What `why` says of a run, in words and as data; the stall is among the causes. */
async function diagnosed(t: ExecutionContext, cwd: string) {
  const { code, stdout, stderr } = await spsc(['why', 'stalled'], { cwd })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  const json = JSON.parse((await spsc(['why', 'stalled', '--json'], { cwd })).stdout)
  t.is(json.diagnosis.verdict, 'named')
  const causes: readonly { readonly name: string }[] = json.diagnosis.causes
  t.true(
    causes.some(({ name }) => name === 'consumer-stall'),
    stdout,
  )
  t.regex(stdout, new RegExp(`^${causes[0]?.name}: `, 'm'))
  // A machine that others use may make every item late by more than the stall makes the worst.
  return { stdout, experiment: json.experiment, isFirst: causes[0]?.name === 'consumer-stall' }
}

test('why names an injected stall, where its time is and how long it lasts, in 80 columns', async (t) => {
  const { stdout, experiment, isFirst } = await diagnosed(t, await stalled(t))
  t.regex(stdout, /^(also )?consumer-stall: the consumer's work on some items takes far longer/m)
  t.regex(stdout, /recurrent, in \d of 3 windows; .* \d+ ms at a time/)
  t.regex(stdout, /^ {2}s_cpu .*#$/m)
  t.deepEqual(
    stdout.split('\n').filter((line) => line.length > 80 && !line.includes('test it: ')),
    [],
  )
  if (!isFirst) return
  t.regex(stdout, /^prediction: if it is consumer-stall, then with no consumer-stall=150ms\/500ms/m)
  t.regex(stdout, /^ {2}test it: spsc why stalled baseline --queue sab --hypothesis consumer-stall --confirm$/m)
  t.is(experiment.change.inject, 'none')
})

test('why takes the name, the configuration and the warnings of a run for nothing', async (t) => {
  const cwd = await stalled(t)
  const path = join(cwd, 'result_data', 'stalled_results.ndjson')
  const { config, ...record } = JSON.parse(readFileSync(path, 'utf8'))
  const blind = { ...record, config: { ...config, inject: 'none' }, warnings: [], scenario: 'quiet' }
  writeFileSync(path, `${JSON.stringify(blind)}\n`)
  const { stdout, isFirst } = await diagnosed(t, cwd)
  if (!isFirst) return
  t.regex(stdout, /^to confirm it: no setting takes it away: look for what the consumer's work does/m)
})

test('why --confirm measures with and without the cause, and stores what it measured', async (t) => {
  const cwd = await stalled(t)
  const blocks = ['--confirm', '--replicates', '6', '--duration', '0.7', '--seed', '1', '--quiet']
  const asked = ['why', 'stalled', '--hypothesis', 'consumer-stall', ...blocks]
  const { code, stdout, stderr } = await spsc(asked, { cwd })
  // What comes of it is the machine's affair, and confirm.test.ts of the laboratory's; the code says what came.
  const [, outcome = ''] = /^(confirmed|refuted|inconclusive): consumer-stall; /m.exec(stdout) ?? []
  t.is(code, { confirmed: 0, refuted: 1, inconclusive: 4 }[outcome] ?? -1, stdout + stderr)
  t.regex(stdout, /^ {2}6 blocks; the worst 1 %: as it is /m)
  t.regex(stdout, /^result_data\/stalled-confirm_results\.ndjson$/m)
  t.is(storedRecords(cwd, 'stalled-confirm').length, 18)
})

test('an experiment that is interrupted stores its blocks so far, says nothing of the cause, and ends with 130', async (t) => {
  const cwd = folder(t)
  const short = ['--name', 'r', '--inject', STALL, '--duration', '0.6']
  await run(t, [...short, '--collect', 'histogram,ledger,sched'], { cwd })
  const asked = ['why', 'r', '--hypothesis', 'consumer-stall', '--confirm', '--replicates', '6', '--duration', '5']
  const { code, stdout, stderr } = await spsc([...asked, '--json'], {
    cwd,
    onStart: (child, said) =>
      void until('it has begun', () => /6 blocks of 3 replicates: about \d+ /.test(said.stderr)).then(
        () => child.kill('SIGINT'),
        () => child.kill('SIGKILL'),
      ),
  })
  t.is(code, 130, stderr)
  t.is(stdout, '')
  t.true(readdirSync(join(cwd, 'result_data')).includes('r-confirm_results.ndjson'))
  // Its name is taken now: the next one is told so, unless it is to replace it.
  await refused(t, [...asked, '--name', 'r-confirm', '--quiet', '--json'], /r-confirm_results\.ndjson exists/, { cwd })
})

test('why compares with the baseline of the run, with what it is told to, or with nothing', async (t) => {
  const cwd = folder(t)
  const scenarios = 'scenarios:\n  baseline: {}\n  stalled: { inject: consumer-stall=150ms/500ms }\n'
  writeFileSync(join(cwd, 'two.yaml'), scenarios)
  const { code } = await spsc(['run', './two.yaml', '--name', 'two', '--quiet', '--warmup', '0', ...MEASURE], { cwd })
  t.is(code, 0)
  t.regex(
    (await spsc(['why', 'two'], { cwd })).stdout,
    /^two: stalled on sab, .*\nagainst baseline on sab: 1 replicate$/m,
  )
  const other = await spsc(['why', 'two', 'baseline', '--against', 'stalled'], { cwd })
  t.regex(other.stdout, /^two: baseline on sab, .*\nagainst stalled on sab/m)
  await refused(t, ['why', 'two', 'baseline', '--against', 'baseline'], /--against is "baseline"; allowed: another/, {
    cwd,
  })
})

test('why says what is missing, and what it does not know', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'bare', '--duration', '0.1'], { cwd })
  const { code, stdout } = await spsc(['why', 'bare'], { cwd })
  t.is(code, 4)
  t.regex(stdout, /^not measured: the ledger collector was not asked for$/m)
  t.regex(stdout, /measure it: --collect histogram,ledger,sched/)
  await refused(t, ['why', 'bare', 'affinty'], /scenario "affinty" is unknown; known: baseline/, { cwd })
  await refused(t, ['why', 'bare', '--hypothesis', 'consumer-stal'], /did you mean consumer-stall/, { cwd })
  await refused(t, ['why', 'gone'], /can't be read/, { cwd })
})
