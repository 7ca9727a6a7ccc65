import { readdirSync } from 'node:fs'
import test from 'ava'
import { folder, refused, spsc } from './spsc.js'

/** Each setting with values out of its range, and what the error says is allowed. */
const BAD_VALUES: readonly (readonly [option: string, values: readonly string[], allowed: string])[] = [
  ['queue-cap', ['0', '-1', '1.5', 'NaN', '1e12', '8x', '', '8,0'], 'an integer from 1 to 16777216'],
  ['duration', ['0', '-1', '1e20', 'abc', ''], 'a duration from 1ms to 24h'],
  ['warmup', ['-1'], 'a duration from 0 to 24h'],
  ['prod-interval-us', ['-1'], 'a number of microseconds from 0 to 60000000'],
  ['item-bytes', ['0', '4', '12', '65544', '8x', ''], 'a multiple of 8 from 8 to 65536'],
  ['work-bytes', ['1.5'], 'an integer from 0 to 1073741824'],
  ['pin-producer', ['middle'], 'none, first, last or the number of a CPU'],
  ['pin-consumer', ['4096'], 'none, first, last or the number of a CPU'],
  ['pacing', ['nap'], 'sleep, deadline, spin'],
  ['arrival', ['late'], 'fixed, poisson'],
  ['on-full', ['panic'], 'drop, block'],
  ['wait', ['Block'], 'spin, yield, block'],
  ['rate', ['0', 'abc', 'Infinity'], 'items per second, more than 0, at most 1000000000'],
]

for (const [option, values, allowed] of BAD_VALUES) {
  for (const value of values) {
    const bad = value.split(',').at(-1)
    test(`--${option} ${JSON.stringify(value)} is refused, with what is allowed`, async (t) => {
      const said = `--${option} is ${JSON.stringify(bad)}; allowed: ${allowed}`
      await refused(t, ['run', `--${option}=${value}`], new RegExp(said.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
    })
  }
}

test('a value out of range in the environment is named by its variable', async (t) => {
  await refused(t, ['run'], /SPSC_QUEUE_CAP is "0"; allowed: an integer from 1 to 16777216/, {
    env: { SPSC_QUEUE_CAP: '0' },
  })
})

test('a log level or colour that is none is refused in the environment too', async (t) => {
  await refused(t, ['run'], /'loud' from env 'SPSC_LOG_LEVEL' is invalid.*trace, debug, info/, {
    env: { SPSC_LOG_LEVEL: 'loud' },
  })
  await refused(t, ['run'], /'red' from env 'SPSC_COLOR' is invalid.*auto, always, never/, {
    env: { SPSC_COLOR: 'red' },
  })
})

const UNKNOWN: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
  [
    'scenario',
    ['run', 'basline'],
    /"basline" is unknown; known: t000, t001, t002, baseline, .*; did you mean baseline\?/,
  ],
  ['suite', ['run', 't00'], /"t00" is unknown; .*; did you mean t000\?/],
  [
    'queue',
    ['run', '--queue', 'sba'],
    /--queue "sba" is unknown; known: sab, sab-mutex, native, mutex .*; did you mean sab\?/,
  ],
  [
    'queue of a list',
    ['run', '--queue', 'sab,sab-mutx'],
    /--queue "sab-mutx" is unknown; .*; did you mean sab-mutex\?/,
  ],
  ['collector', ['run', '--collect', 'histgram'], /--collect "histgram" is unknown; .*; did you mean histogram\?/],
  ['option', ['run', '--quue', 'sab'], /unknown option '--quue' \(Did you mean --queue\?\); see spsc run --help/],
  ['command', ['rnu'], /unknown command 'rnu' \(Did you mean run\?\); see spsc --help/],
  ['list', ['list', 'queue'], /'queue' is invalid .*queues, collectors, scenarios, suites/],
  ['shell', ['completion', 'tcsh'], /'tcsh' is invalid .*bash, zsh, fish/],
]
for (const [what, args, message] of UNKNOWN) {
  test(`an unknown ${what} is refused, with the nearest name or those there are`, (t) => refused(t, args, message))
}

test('a name that is near to nothing gets no suggestion', async (t) => {
  const { stderr } = await spsc(['run', 'something-else-altogether'], { cwd: folder(t) })
  t.notRegex(stderr, /did you mean/)
  t.regex(stderr, /known: t000, t001, t002, baseline/)
})

test('a queue named like a member of every object is unknown', (t) =>
  refused(t, ['run', '--queue', '__proto__,sab'], /--queue "__proto__" is unknown/))
test('a scenario named like a member of every object is unknown', (t) =>
  refused(t, ['run', 'constructor'], /"constructor" is unknown/))
test('a list named like a member of every object is unknown', (t) =>
  refused(t, ['list', 'toString'], /'toString' is invalid/))

const INVALID: readonly (readonly [what: string, args: readonly string[], message: RegExp])[] = [
  [
    '--rate together with --prod-interval-us',
    ['--rate', '5', '--prod-interval-us', '3'],
    /--rate and --prod-interval-us say the same in two ways; give one/,
  ],
  ['--force together with --resume', ['--force', '--resume'], /--force and --resume exclude each other; give one/],
  ['no replicates', ['--replicates', '0'], /replicates is 0; allowed: an integer from 1 to 10000/],
  ['too many replicates', ['--replicates', '10001'], /replicates is 10001; allowed: an integer from 1 to 10000/],
  ['half a replicate', ['--replicates', '1.5'], /--replicates is "1.5"; allowed: a whole number/],
  ['a seed that is no number', ['--seed', 'x'], /--seed is "x"; allowed: a whole number/],
  ['a seed out of range', ['--seed', '4294967296'], /seed is 4294967296; allowed: an integer from 0 to 4294967295/],
  [
    'a queue named twice',
    ['--queue', 'sab,sab'],
    /baseline on sab is asked for twice; name each scenario and queue once/,
  ],
  ['a scenario named twice', ['baseline', 'baseline'], /baseline on sab is asked for twice/],
  ['a value given twice', ['--queue-cap', '8', '--queue-cap', '8'], /baseline queue-cap=8 on sab is asked for twice/],
  ['a colour that is none', ['--color', 'sometimes'], /'sometimes' is invalid.*auto, always, never/],
  ['a log level that is none', ['--log-level', 'loud'], /'loud' is invalid.*trace, debug, info/],
  ['an option without its value', ['--queue-cap'], /'--queue-cap <n>' argument missing/],
  [
    'a folder in the place of a queue',
    ['--queue', './'],
    /--queue ".\/": .*; give a file, a folder with a package.json, or a package/,
  ],
  ['a queue file that is not there', ['--queue', './mine.mjs'], /--queue ".\/mine.mjs": .*; give a file/],
  ['a scenario file that is not there', ['./mine.yaml'], /\.\/mine\.yaml: can't be read: ENOENT/],
]
for (const [what, args, message] of INVALID) {
  test(`${what} is refused`, (t) => refused(t, ['run', ...args], message))
}

for (const name of ['../x', '', '\u001B[31mred', '=CMD()', 'x'.repeat(200)]) {
  test(`a run can't be called ${JSON.stringify(name)}`, (t) =>
    refused(
      t,
      ['run', `--name=${name}`, '--out=out'],
      /name is ".*"; allowed: letters, digits, dot, dash and underscore/,
    ))
}

test('what can be no name of a run can’t be reported either', (t) =>
  refused(t, ['report', '..'], /name is "\.\."; allowed: letters/))

test('no message carries what a name could do to a terminal', async (t) => {
  for (const args of [
    ['run', '--name=\u001B[31mred'],
    ['run', '\u001B[31mred'],
    ['run', '--queue=\u001B[31mred'],
  ]) {
    const { stderr } = await spsc(args, { cwd: folder(t) })
    t.false(stderr.includes('\u001B'), args.join(' '))
  }
})

test('no message carries what an option, a command or a file could do to a terminal', async (t) => {
  for (const args of [['run', '--\u001B[31mred'], ['\u001B[31mred'], ['run', './\u001B[31mred.yaml']]) {
    const { stderr } = await spsc(args, { cwd: folder(t) })
    t.false(stderr.includes('\u001B'), JSON.stringify(args))
  }
})

test('a CPU this process may not use is refused, with the CPUs it may use', async (t) => {
  await refused(
    t,
    ['run', '--pin-consumer', '4095'],
    /pinConsumer is 4095; allowed: the CPUs this process may use \(\d+(, \d+)*\), first, last or none/,
  )
  await refused(t, ['run', '--pin-producer', '4095'], /pinProducer is 4095; allowed: the CPUs this process may use/)
})

for (const out of ['/proc/x', '/dev/full', '/dev/null']) {
  test(`--out ${out} is refused, since no folder can be made there`, (t) =>
    refused(t, ['run', '--out', out], /can't be written: .*; choose another --out/))
}

test('a missing argument is named', (t) =>
  refused(t, ['report'], /missing required argument 'run'; see spsc report --help/))
test('a superfluous argument is refused', (t) =>
  refused(t, ['doctor', 'a'], /too many arguments.*; see spsc doctor --help/))

test('nothing is stored until everything is known to be right', async (t) => {
  const cwd = folder(t)
  await spsc(['run', '--out', 'deep/er', '--queue', 'sab,nope'], { cwd })
  t.deepEqual(readdirSync(cwd), [])
})

test('durations and rates may be spelled as people do', async (t) => {
  const cwd = folder(t)
  const config = async (...args: string[]) => (await spsc(['run', '--print-config', ...args], { cwd })).stdout
  t.regex(await config('--duration', '500ms'), /duration: 0\.5 /)
  t.regex(await config('--duration', '2m'), /duration: 120 /)
  t.regex(await config('--duration', '.5'), /duration: 0\.5 /)
  t.regex(await config('--rate', '4000'), /prodIntervalUs: 250 +# --rate/)
})

test('the smallest capacity and the shortest duration are measured', async (t) => {
  const { code, stderr } = await spsc(['run', '--duration', '1ms', '--warmup', '0', '--queue-cap', '1', '--quiet'], {
    cwd: folder(t),
  })
  t.is(code, 0, stderr)
})
