import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { parseRecord, parseScenario, type ResultRecord } from '@spsc/core'
import { checkName, freeName, manifestPath, type OnExisting, RunStore, resultsPath, storedSeed } from '@spsc/lab'
import test, { type ExecutionContext } from 'ava'
import { folder, mountObstacle, readOnlyFolder, smallDevice } from './folders.js'

const record = (replicate: number): ResultRecord => ({
  schema: 1,
  run: 't',
  scenario: 'baseline',
  queue: 'sab',
  cell: 1,
  replicate,
  order: replicate,
  seed: 1,
  replicate_seed: 2,
  started_at: '2026-01-01T00:00:00.000Z',
  config: parseScenario('baseline'),
  warnings: [],
  status: 'failed',
  error: { code: 'ERR_PLUGIN', message: 'none' },
})

/** Opens a run, and closes it as it was open before. */
function open(t: ExecutionContext, dir: string, onExisting: OnExisting = 'refuse', name = 't'): RunStore {
  const path = resultsPath({ dir, name })
  opened.get(path)?.close()
  const store = new RunStore({ dir, name }, onExisting)
  opened.set(path, store)
  t.teardown(() => store.close())
  return store
}
const opened = new Map<string, RunStore>()
const stored = (dir: string) => readFileSync(resultsPath({ dir, name: 't' }), 'utf8')
const replicates = (records: readonly ResultRecord[]) => records.map(({ replicate }) => replicate)

test('each record is one line, there as soon as it is appended', (t) => {
  const dir = folder(t)
  const store = open(t, dir)
  store.append(record(1))
  t.is(stored(dir), `${JSON.stringify(record(1))}\n`)
  store.append(record(2))
  const lines = stored(dir).split('\n')
  t.is(lines.pop(), '')
  t.deepEqual(lines.map(parseRecord), [record(1), record(2)])
})

test('the files of a run carry its name', (t) => {
  t.is(resultsPath({ dir: 'out', name: 't000' }), join('out', 't000_results.ndjson'))
  t.is(manifestPath({ dir: 'out', name: 't000' }), join('out', 't000_manifest.json'))
})

test('folders are made on the way', (t) => {
  const dir = join(folder(t), 'a', 'b', 'c')
  open(t, dir).append(record(1))
  t.is(stored(dir).split('\n').length, 2)
})

test('a run that is stored is refused, with what can be done, and kept', (t) => {
  const dir = folder(t)
  open(t, dir).append(record(1))
  const before = stored(dir)
  t.throws(() => open(t, dir), { code: 'ERR_EXISTS', message: /t_results\.ndjson exists; .*--name.*--resume.*--force/ })
  t.is(stored(dir), before)
})

test('of two runs that begin under one name, the second is refused before it has a record', (t) => {
  const dir = folder(t)
  open(t, dir)
  for (const onExisting of ['refuse', 'replace', 'resume'] as const) {
    t.throws(() => new RunStore({ dir, name: 't' }, onExisting), {
      code: 'ERR_EXISTS',
      message: new RegExp(`t_results\\.ndjson is being written by process ${process.pid} of .*; wait for it`),
    })
  }
  open(t, dir, 'resume').close()
  t.deepEqual(readdirSync(dir), ['t_results.ndjson'])
})

test('replace starts from nothing, also without the old manifest', (t) => {
  const dir = folder(t)
  const old = open(t, dir)
  old.append(record(1))
  old.writeManifest({ old: true })
  const store = open(t, dir, 'replace')
  t.deepEqual(store.earlier, [])
  t.is(stored(dir), '')
  store.close()
  t.deepEqual(readdirSync(dir), ['t_results.ndjson'])
})

test('replace touches no other run of that folder', (t) => {
  const dir = folder(t)
  open(t, dir, 'refuse', 'other').append(record(1))
  open(t, dir, 'replace')
  t.not(readFileSync(resultsPath({ dir, name: 'other' }), 'utf8'), '')
})

test('replace and resume start a run where there is none', (t) => {
  for (const onExisting of ['replace', 'resume'] as const) {
    const dir = folder(t)
    const store = open(t, dir, onExisting)
    t.deepEqual(store.earlier, [])
    store.append(record(1))
    t.deepEqual(parseRecord(stored(dir).trimEnd()), record(1))
  }
})

test('resume gives the earlier records and appends behind them', (t) => {
  const dir = folder(t)
  open(t, dir).append(record(1))
  const store = open(t, dir, 'resume')
  t.deepEqual(store.earlier, [record(1)])
  store.append(record(2))
  t.deepEqual(stored(dir).trimEnd().split('\n').map(parseRecord), [record(1), record(2)])
})

test('resume skips a torn last line, and the next record does not join it', (t) => {
  const dir = folder(t)
  open(t, dir).append(record(1))
  appendFileSync(resultsPath({ dir, name: 't' }), '{"schema":1,"run":"t","scen')
  const store = open(t, dir, 'resume')
  t.deepEqual(replicates(store.earlier), [1])
  store.append(record(2))
  const lines = stored(dir).trimEnd().split('\n')
  t.is(lines.length, 3)
  t.deepEqual(lines.map(parseRecord), [record(1), undefined, record(2)])
})

test('a file torn anywhere in its last line loses that record alone', (t) => {
  const whole = `${JSON.stringify(record(1))}\n`
  const last = JSON.stringify(record(2))
  for (let length = 1; length < last.length; length += 17) {
    const dir = folder(t)
    writeFileSync(resultsPath({ dir, name: 't' }), whole + last.slice(0, length))
    const store = new RunStore({ dir, name: 't' }, 'resume')
    t.deepEqual(replicates(store.earlier), [1], `torn after ${length} characters`)
    store.close()
  }
})

for (const name of [
  '../x',
  'a/b',
  '..',
  '.hidden',
  '',
  ' ',
  'two words',
  '\u001B[31mred',
  'line\nfeed',
  'nul\0',
  '=CMD()',
  '-rf',
  'ü',
  'x'.repeat(101),
  'x'.repeat(200),
]) {
  test(`a run can't be called ${JSON.stringify(name)}, and its folder is not even made`, (t) => {
    const dir = join(folder(t), 'out')
    const error = t.throws(() => open(t, dir, 'refuse', name), {
      code: 'ERR_OPTION',
      message: /^\[spsc\] \[store\] name is .*; allowed: letters/,
    })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
    t.notRegex(error?.message ?? '', /[\u0000-\u001F\u007F]/)
    t.throws(() => readdirSync(dir), { code: 'ENOENT' })
  })
}

test('letters, digits, dot, dash and underscore make a name, up to 100 of them', (t) => {
  for (const name of ['t000', 'T-1_b.2', '0', '__proto__'.slice(2), 'x'.repeat(100)])
    t.notThrows(() => checkName(name), name)
})

test('the longest name still has its files', (t) => {
  const dir = folder(t)
  const store = open(t, dir, 'refuse', 'x'.repeat(100))
  t.notThrows(() => store.append(record(1)))
  t.notThrows(() => store.writeManifest({}))
})

test('a name that is taken gets the first number that is free', (t) => {
  const dir = folder(t)
  t.is(freeName({ dir, name: 't' }), 't')
  for (const name of ['t', 't-2', 't-4']) open(t, dir, 'refuse', name)
  t.is(freeName({ dir, name: 't' }), 't-3')
})

test('a place where no folder can be made is refused, not waited for', (t) => {
  t.throws(() => open(t, '/proc/x'), {
    code: 'ERR_OUTPUT',
    message: /\/proc\/x.*can't be written: .*; choose another --out/,
  })
  t.throws(() => open(t, '/proc/x/y/z'), { code: 'ERR_OUTPUT' })
})

test('a file where the folder should be is refused and kept', (t) => {
  const file = join(folder(t), 'file')
  writeFileSync(file, 'mine')
  t.throws(() => open(t, file), { code: 'ERR_OUTPUT', message: /it is not a folder/ })
  t.throws(() => open(t, join(file, 'deeper')), { code: 'ERR_OUTPUT' })
  t.is(readFileSync(file, 'utf8'), 'mine')
})

test('a device is no folder', (t) => {
  t.throws(() => open(t, '/dev/full'), { code: 'ERR_OUTPUT', message: /it is not a folder/ })
})

test('a folder where the results should be is refused as taken', (t) => {
  const dir = folder(t)
  mkdirSync(resultsPath({ dir, name: 't' }))
  t.throws(() => open(t, dir), { code: 'ERR_EXISTS' })
  t.throws(() => open(t, dir, 'resume'), { code: 'ERR_OUTPUT' })
  t.throws(() => open(t, dir, 'replace'), { code: 'ERR_OUTPUT' })
})

test('the manifest is written whole and leaves no other file behind', (t) => {
  const dir = folder(t)
  const store = open(t, dir)
  store.writeManifest({ seed: 1 })
  store.writeManifest({ seed: 2 })
  t.deepEqual(store.readManifest(), { seed: 2 })
  store.close()
  t.deepEqual(readdirSync(dir).sort(), ['t_manifest.json', 't_results.ndjson'])
})

test('a manifest that can’t be written leaves no other file behind', (t) => {
  const dir = folder(t)
  const store = open(t, dir)
  mkdirSync(manifestPath({ dir, name: 't' }))
  t.throws(() => store.writeManifest({ seed: 1 }), { code: 'ERR_OUTPUT', message: /t_manifest\.json can't be written/ })
  store.close()
  t.deepEqual(readdirSync(dir).sort(), ['t_manifest.json', 't_results.ndjson'])
})

test('a manifest that is missing or damaged is an error that says what to do', (t) => {
  const dir = folder(t)
  const store = open(t, dir)
  t.throws(() => store.readManifest(), { code: 'ERR_OUTPUT', message: /t_manifest\.json can't be read: .*--force/ })
  writeFileSync(manifestPath({ dir, name: 't' }), '{"seed":')
  t.throws(() => store.readManifest(), { code: 'ERR_OUTPUT', message: /t_manifest\.json can't be read: .*--force/ })
})

const mounting = mountObstacle === undefined ? test : test.skip
const reason = mountObstacle === undefined ? '' : ` (skipped: ${mountObstacle})`

mounting(`a device that fills up is an error, and what was stored before stays readable${reason}`, (t) => {
  const dir = smallDevice(t)
  const store = open(t, dir)
  let appended = 0
  const fill = () => {
    for (; appended < 1000; appended++) store.append(record(appended + 1))
  }
  t.throws(fill, { code: 'ERR_OUTPUT', message: /t_results\.ndjson can't be written: .*; choose another --out/ })
  t.true(appended > 0)
  const readable = stored(dir)
    .split('\n')
    .map(parseRecord)
    .filter((found) => found !== undefined)
  t.deepEqual(
    replicates(readable),
    Array.from({ length: appended }, (_, index) => index + 1),
  )
})

mounting(`on a full device the old manifest stays as it was${reason}`, (t) => {
  const dir = smallDevice(t)
  const store = open(t, dir)
  store.writeManifest({ seed: 1 })
  t.throws(() => writeFileSync(join(dir, 'filler'), Buffer.alloc(2 ** 20)), { code: 'ENOSPC' })
  t.throws(() => store.writeManifest({ seed: 2, text: 'x'.repeat(2 ** 16) }), { code: 'ERR_OUTPUT' })
  t.deepEqual(store.readManifest(), { seed: 1 })
  store.close()
  t.deepEqual(readdirSync(dir).sort(), ['filler', 't_manifest.json', 't_results.ndjson'])
})

const restricting = process.getuid?.() === 0 ? mounting : test
restricting(`a read-only folder is refused at once${reason}`, (t) => {
  const dir = readOnlyFolder(t)
  for (const onExisting of ['refuse', 'replace', 'resume'] as const) {
    t.throws(() => open(t, dir, onExisting), { code: 'ERR_OUTPUT', message: /(EROFS|EACCES).*; choose another --out/ })
  }
  t.throws(() => open(t, join(dir, 'deeper')), { code: 'ERR_OUTPUT' })
})

/** A process that has just ended. */
const GONE = spawnSync('true').pid as number

/** A run whose process has been killed, or has not: its lock, and a file without a record. */
function locked(t: ExecutionContext, holder: object | string): string {
  const dir = folder(t)
  const path = resultsPath({ dir, name: 't' })
  writeFileSync(path, '')
  writeFileSync(manifestPath({ dir, name: 't' }), '{}')
  writeFileSync(`${path}.lock`, typeof holder === 'string' ? holder : JSON.stringify(holder))
  return dir
}

for (const [what, holder] of [
  ['is gone', { pid: GONE, host: hostname() }],
  ['began at another time than the one of that number', { pid: process.pid, host: hostname(), started: '1' }],
] as const) {
  const linux = process.platform === 'linux' || what === 'is gone' ? test : test.skip
  linux(`a name whose process ${what}, and measured nothing, is free`, (t) => {
    const dir = locked(t, holder)
    t.is(freeName({ dir, name: 't' }), 't')
    const store = open(t, dir)
    store.append(record(1))
    store.close()
    t.deepEqual(readdirSync(dir), ['t_results.ndjson'])
  })
}

const onLinux = process.platform === 'linux' ? test : test.skip
onLinux('a process that has ended, and that its parent does not ask for, has no run', async (t) => {
  // The shell's child ends at once, and the program that the shell becomes waits for no child.
  const parent = spawn('sh', ['-c', 'sleep 0 & echo $!; exec sleep 60'])
  t.teardown(() => parent.kill('SIGKILL'))
  const pid = Number(String((await once(parent.stdout, 'data'))[0]))
  const isZombie = () => / Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  while (!isZombie()) await new Promise((resolve) => setTimeout(resolve, 10))
  const dir = locked(t, { pid, host: hostname() })
  t.is(freeName({ dir, name: 't' }), 't')
  t.notThrows(() => open(t, dir))
})

for (const [what, holder] of [
  ['a process that lives', { pid: process.pid, host: hostname() }],
  ['a process of another machine', { pid: GONE, host: `not-${hostname()}` }],
  ['a lock in which nobody stands', ''],
] as const) {
  test(`a name that ${what} has is taken, and nothing of it is touched`, (t) => {
    const dir = locked(t, holder)
    t.is(freeName({ dir, name: 't' }), 't-2')
    for (const onExisting of ['refuse', 'replace', 'resume'] as const) {
      t.throws(() => open(t, dir, onExisting), { code: 'ERR_EXISTS', message: /; if it is gone, remove .*\.lock$/ })
    }
    t.deepEqual(readdirSync(dir).sort(), ['t_manifest.json', 't_results.ndjson', 't_results.ndjson.lock'])
  })
}

test('a run that was killed and has a record stays, and goes on', (t) => {
  const dir = locked(t, { pid: GONE, host: hostname() })
  writeFileSync(resultsPath({ dir, name: 't' }), `${JSON.stringify(record(1))}\n`)
  t.is(freeName({ dir, name: 't' }), 't-2')
  t.throws(() => open(t, dir), { code: 'ERR_EXISTS', message: /--resume it/ })
  const store = open(t, dir, 'resume')
  t.is(replicates(store.earlier).length, 1)
  store.close()
  t.deepEqual(readdirSync(dir).sort(), ['t_manifest.json', 't_results.ndjson'])
})

test('of processes that take one name at once, whose holder was killed, one gets it', async (t) => {
  const dir = locked(t, { pid: GONE, host: hostname() })
  const script = `
    import { RunStore } from '@spsc/lab'
    try {
      new RunStore({ dir: ${JSON.stringify(dir)}, name: 't' }, 'resume')
      console.log('got it')
    } catch (error) {
      console.log(error.code)
    }
    process.stdin.resume()`
  const children = Array.from({ length: 5 }, () =>
    spawn(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname }),
  )
  // All of them stay until each has said how it went.
  const said = await Promise.all(children.map(async ({ stdout }) => String((await once(stdout, 'data'))[0]).trim()))
  for (const { stdin } of children) stdin.end()
  t.deepEqual(said.sort(), ['ERR_EXISTS', 'ERR_EXISTS', 'ERR_EXISTS', 'ERR_EXISTS', 'got it'])
})

for (const [what, text, reason] of [
  ['no object', 'null', 'it holds no object'],
  ['half an object', '{"seed":', '.*JSON.*'],
] as const) {
  test(`a manifest that holds ${what} is told, with what to do`, (t) => {
    const place = { dir: folder(t), name: 't' }
    t.is(storedSeed(place), undefined)
    writeFileSync(manifestPath(place), '{"seed":7}')
    t.is(storedSeed(place), 7)
    writeFileSync(manifestPath(place), text)
    const message = new RegExp(`t_manifest\\.json can't be read: ${reason}; start anew with --force$`)
    t.throws(() => storedSeed(place), { code: 'ERR_OUTPUT', message })
  })
}
