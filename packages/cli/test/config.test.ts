import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { parse } from 'yaml'
import { folder, folderWith, refused, run, spsc, storedRecords } from './spsc.js'

/** A setting of the printed configuration: its value as text, and where it says it came from. */
async function printed(cwd: string, setting: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  const { stdout } = await spsc(['run', '--print-config', ...args], { cwd, env })
  const [, value, origin] = new RegExp(`^ +${setting}: (.*?) +# (.*)$`, 'm').exec(stdout) ?? []
  return { value, origin }
}

const FILE = 'scenarios:\n  mine: {queueCap: 4}\n'

test('a setting nobody gives has its default', async (t) => {
  t.deepEqual(await printed(folder(t), 'queueCap', []), { value: '64', origin: 'default' })
})

test('a scenario of ours sets what it is about', async (t) => {
  t.deepEqual(await printed(folder(t), 'queueCap', ['queue-cap-8']), { value: '8', origin: 'scenario queue-cap-8' })
  t.deepEqual(await printed(folder(t), 'prodIntervalUs', ['queue-cap-8']), { value: '1000', origin: 'default' })
})

test('a file wins over the default', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': FILE })
  t.deepEqual(await printed(cwd, 'queueCap', ['a.yaml']), { value: '4', origin: 'a.yaml' })
})

test('a scenario of a file wins over the file’s defaults', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': `defaults: {queueCap: 2, workBytes: 3}\n${FILE}` })
  t.deepEqual(await printed(cwd, 'queueCap', ['a.yaml']), { value: '4', origin: 'a.yaml' })
  t.deepEqual(await printed(cwd, 'workBytes', ['a.yaml']), { value: '3', origin: 'a.yaml' })
})

test('the environment wins over a file', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': FILE })
  const won = await printed(cwd, 'queueCap', ['a.yaml'], { SPSC_QUEUE_CAP: '5' })
  t.deepEqual(won, { value: '5', origin: 'SPSC_QUEUE_CAP' })
})

test('a flag wins over the environment and a file', async (t) => {
  const cwd = folderWith(t, { 'a.yaml': FILE })
  const won = await printed(cwd, 'queueCap', ['a.yaml', '--queue-cap', '6'], { SPSC_QUEUE_CAP: '5' })
  t.deepEqual(won, { value: '6', origin: '--queue-cap' })
})

test('--rate wins over an interval of a lower layer', async (t) => {
  const won = await printed(folder(t), 'prodIntervalUs', ['--rate', '2000'], { SPSC_PROD_INTERVAL_US: '7' })
  t.deepEqual(won, { value: '500', origin: '--rate' })
})

test('rate and interval in the environment contradict each other', async (t) => {
  await refused(t, ['run'], /SPSC_RATE and SPSC_PROD_INTERVAL_US say the same in two ways/, {
    env: { SPSC_RATE: '5', SPSC_PROD_INTERVAL_US: '7' },
  })
})

test('a list and repeated options are the same matrix', async (t) => {
  const cwd = folder(t)
  const expected = { value: '[ 8, 64 ]', origin: '--queue-cap' }
  t.deepEqual(await printed(cwd, 'queueCap', ['--queue-cap', '8,64']), expected)
  t.deepEqual(await printed(cwd, 'queueCap', ['--queue-cap', '8', '--queue-cap', '64']), expected)
})

test('queues, replicates, seed, name and place are read from the environment too', async (t) => {
  const cwd = folder(t)
  const env = {
    SPSC_QUEUE: 'sab,sab-mutex',
    SPSC_REPLICATES: '2',
    SPSC_SEED: '7',
    SPSC_NAME: 'mine',
    SPSC_OUT: 'place',
  }
  await run(t, ['--quiet'], { cwd, env })
  const records = storedRecords(cwd, 'mine', 'place')
  t.is(records.length, 4)
  for (const { run: name, seed } of records) t.like({ name, seed }, { name: 'mine', seed: 7 })
  const { stdout } = await spsc(['report', 'mine', '--json'], { cwd, env })
  t.is(stdout.trimEnd().split('\n').length, 4)
})

test('a flag that is no setting wins over the environment', async (t) => {
  const cwd = folder(t)
  const { stdout } = await spsc(['run', '--print-config', '--replicates', '3', '--queue', 'sab'], {
    cwd,
    env: { SPSC_REPLICATES: '2', SPSC_QUEUE: 'sab-mutex' },
  })
  t.like(parse(stdout), { replicates: 3, queues: ['sab'] })
})

test('an empty variable is a value out of range, not a default', (t) =>
  refused(t, ['run'], /SPSC_QUEUE_CAP is ""; allowed/, { env: { SPSC_QUEUE_CAP: '' } }))

test('the log level is read from the environment, as help says of options with a value', async (t) => {
  const { stderr } = await run(t, [], { cwd: folder(t), env: { SPSC_LOG_LEVEL: 'error' } })
  t.is(stderr, '')
})

test('an option without a value is not read from the environment, as help says', async (t) => {
  const { stdout } = await run(t, [], { cwd: folder(t), env: { SPSC_QUIET: '1', SPSC_JSON: '1' } })
  t.regex(stdout, /^scenario /)
})

/** Prints a configuration, and what a run of the printed file would print. */
async function roundTrip(args: readonly string[], cwd: string) {
  const first = await spsc(['run', '--print-config', ...args], { cwd })
  writeFileSync(join(cwd, 'printed.yaml'), first.stdout)
  const second = await spsc(['run', '--print-config', 'printed.yaml'], { cwd })
  return { first: first.stdout, second: second.stdout }
}

const ROUND_TRIPS: readonly (readonly [what: string, args: readonly string[]])[] = [
  ['the suite', ['t000']],
  ['a suite that is a matrix', ['t001']],
  ['a suite and a scenario of one name', ['t001', 'baseline']],
  [
    'a matrix',
    ['--queue', 'sab,sab-mutex', '--queue-cap', '8,64', '--prod-interval-us', '0,1000', '--replicates', '3'],
  ],
  ['pins', ['--pin-consumer', 'none,first,last,0', '--name', 'pins']],
  ['a long list', ['--queue-cap', Array.from({ length: 60 }, (_, index) => index + 1).join(',')]],
  ['long names', ['--queue', ['a', 'b', 'c'].map((letter) => `./${letter.repeat(60)}.mjs`).join(',')]],
]
for (const [what, args] of ROUND_TRIPS) {
  test(`what is printed of ${what} is a scenario file that says the same`, async (t) => {
    const files = Object.fromEntries(['a', 'b', 'c'].map((letter) => [`${letter.repeat(60)}.mjs`, '']))
    const { first, second } = await roundTrip(args, folderWith(t, files))
    t.truthy(parse(first)?.scenarios)
    t.deepEqual(parse(second), parse(first))
    t.regex(second, /# printed\.yaml/)
    t.notRegex(second, /# default/)
  })
}

test('what a run would refuse is not printed as its configuration', async (t) => {
  const cwd = folder(t)
  const args = ['t000', 'baseline']
  await refused(t, ['run', ...args], /baseline on sab is asked for twice/, { cwd })
  await refused(t, ['run', ...args, '--print-config'], /baseline on sab is asked for twice/, { cwd })
})

test('printing the configuration measures and stores nothing, and needs no free name', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'taken', '--quiet'], { cwd })
  const { code, stdout, stderr } = await spsc(['run', '--print-config', '--name', 'taken'], { cwd })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  t.is(parse(stdout).name, 'taken')
  t.is(storedRecords(cwd, 'taken').length, 1)
})
