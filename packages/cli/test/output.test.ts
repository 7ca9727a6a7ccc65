import { closeSync, existsSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { MeasuredRecord, ResultRecord } from '@spsc/core'
import test from 'ava'
import { BRIEF, execute, filesOf, filesOfRun, folder, folderWith, refused, run, spsc, storedRecords } from './spsc.js'

const COLUMNS = 'scenario,queue,replicate,p50_ms,p95_ms,p99_ms,ops_s,drop_rate,offered,delivered,dropped'
const FILES = filesOfRun('mine')

const text = (cwd: string, file: string) => readFileSync(join(cwd, 'result_data', file), 'utf8')
const lines = (of: string) => of.split('\n').filter((line) => line !== '')
const ok = (record: ResultRecord | undefined) => record as MeasuredRecord

test('t000 gives three rows in the promised columns, the seed’s table, and all files of a run', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['t000', '--name', 't000', '--duration', '0.5'], { cwd })
  const files = filesOfRun('t000', ['pareto'])
  t.deepEqual(filesOf(cwd), files)

  const [header, ...rows] = lines(text(cwd, 't000_metrics.csv'))
  t.true(header?.startsWith(`${COLUMNS},`), header)
  t.deepEqual(rows.map((row) => row.split(',')[0]).sort(), ['affinity', 'baseline', 'queue-cap-8'])
  for (const row of rows) {
    const [offered, delivered, dropped] = row.split(',').slice(8, 11).map(Number) as [number, number, number]
    t.true(delivered > 0)
    t.is(offered, delivered + dropped)
  }

  const report = text(cwd, 't000_report.md')
  for (const column of ['p50', 'p95', 'p99', 'ops/s', 'drop']) t.true(report.includes(column), column)
  for (const scenario of ['baseline', 'affinity', 'queue-cap-8']) {
    t.true(report.includes(scenario), scenario)
    t.regex(stdout, new RegExp(`^${scenario} `, 'm'))
  }
  for (const file of files) t.regex(stdout, new RegExp(`^result_data/${file}$`, 'm'))
})

test('--collect ledger says what items spent their time on, in the terminal and again in the report', async (t) => {
  const cwd = folder(t)
  const settings = ['--queue', 'native,sab', '--name', 'mine', '--collect', 'histogram,ledger']
  const { stdout } = await run(t, settings, { cwd })
  for (const line of lines(stdout)) t.true(line.length <= 80, line)
  t.regex(stdout, /^ledger, [µm]s +total +p_late +p_runq +p_own +c_wake +c_runq +s_cpu +s_runq +s_off$/m)
  t.regex(stdout, /^baseline on native: due to done, \d+ items\nmedian band( +[\d.]+){9}\nworst 1 %( +[\d.]+){9}$/m)
  t.regex(stdout, /^baseline on sab: due to done, \d+ items\nmedian band +[\d.]+ +[\d.]+ +- /m)
  t.true(text(cwd, 'mine_report.md').includes('## Latency ledger'))
  t.deepEqual(filesOf(cwd), filesOfRun('mine', ['ledger']))
  const again = await spsc(['report', 'mine'], { cwd })
  t.regex(again.stdout, /^ledger, /m)
})

test('--json prints records and nothing else, a cell for each combination', async (t) => {
  const cwd = folder(t)
  const matrix = ['--queue', 'sab,sab-mutex', '--prod-interval-us', '0', '--queue-cap', '8,64', '--duration', '0.2']
  const { code, stdout, stderr } = await spsc(['run', 'baseline', ...matrix, '--warmup', '0', '--json'], { cwd })
  t.is(code, 0, stderr)
  const records = lines(stdout).map((line) => JSON.parse(line) as MeasuredRecord)
  t.deepEqual(records.map(({ scenario, queue }) => `${scenario} ${queue}`).sort(), [
    'baseline queue-cap=64 sab',
    'baseline queue-cap=64 sab-mutex',
    'baseline queue-cap=8 sab',
    'baseline queue-cap=8 sab-mutex',
  ])
  for (const { offered, delivered, dropped } of records) t.is(offered, delivered + dropped)
  t.is(stdout, text(cwd, 'baseline_results.ndjson'))
})

test('--quiet prints nothing', async (t) => {
  const { stdout, stderr } = await run(t, ['--quiet'], { cwd: folder(t) })
  t.is(stdout + stderr, '')
})

test('--quiet with --json prints the records alone', async (t) => {
  const { stdout, stderr } = await run(t, ['--quiet', '--json'], { cwd: folder(t) })
  t.is(stderr, '')
  t.is(JSON.parse(stdout).status, 'ok')
})

test('off a terminal the log is JSON on stderr, one entry as each replicate begins, and warnings', async (t) => {
  const { stderr } = await run(t, ['--replicates', '2'], { cwd: folder(t) })
  const entries = lines(stderr).map((line) => JSON.parse(line))
  t.is(
    entries.filter(({ level, msg }) => level === 30 && /^\[[12]\/2\] baseline on sab, replicate [12]: about /.test(msg))
      .length,
    2,
  )
  t.true(entries.every(({ level }) => level === 30 || level === 40))
})

test('--log-level leaves out what is less severe', async (t) => {
  const { stderr } = await run(t, ['--log-level', 'error'], { cwd: folder(t) })
  t.is(stderr, '')
})

for (const [what, args, env] of [
  ['by default', [], {}],
  ['with --color always', ['--color', 'always'], {}],
  ['with --color never', ['--color', 'never'], {}],
  ['with FORCE_COLOR', [], { FORCE_COLOR: '1' }],
  ['with NO_COLOR', [], { NO_COLOR: '1' }],
] as const) {
  test(`off a terminal there are no control codes ${what}`, async (t) => {
    const { stdout, stderr } = await run(t, [...args], { cwd: folder(t), env })
    t.not(stdout, '')
    t.false((stdout + stderr).includes('\u001B'))
  })
}

test('a run that is stored is refused before anything is measured, and kept', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--quiet'], { cwd })
  const before = text(cwd, 'mine_results.ndjson')
  await refused(
    t,
    ['run', '--name', 'mine'],
    /mine_results\.ndjson exists; choose another --name, --resume it or --force/,
    { cwd },
  )
  t.is(text(cwd, 'mine_results.ndjson'), before)
})

test('a run without a name gets its target’s, with a number when it is taken', async (t) => {
  const cwd = folder(t)
  for (const name of ['queue-cap-8', 'queue-cap-8-2', 'queue-cap-8-3']) {
    await run(t, ['queue-cap-8', '--quiet'], { cwd })
    t.is(storedRecords(cwd, name)[0]?.run, name)
  }
})

test('--force replaces the stored run and its files', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--queue-cap', '8', '--quiet'], { cwd })
  await run(t, ['--name', 'mine', '--queue-cap', '9', '--quiet', '--force'], { cwd })
  t.deepEqual(
    storedRecords(cwd, 'mine').map(({ config }) => config.queueCap),
    [9],
  )
  t.is(lines(text(cwd, 'mine_metrics.csv')).length, 2)
})

test('--resume measures only what a torn run lacks, with the seed it had', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--replicates', '3', '--quiet'], { cwd })
  const path = join(cwd, 'result_data', 'mine_results.ndjson')
  const [first, second] = lines(readFileSync(path, 'utf8')) as [string, string]
  writeFileSync(path, `${first}\n${second.slice(0, 100)}`)
  const { stdout } = await run(t, ['--name', 'mine', '--replicates', '3', '--resume', '--json'], { cwd })
  const again = lines(stdout).map((line) => JSON.parse(line) as ResultRecord)
  t.deepEqual(
    again.map(({ order }) => order),
    [2, 3],
  )
  t.deepEqual([...new Set(again.map(({ seed }) => seed))], [JSON.parse(first).seed])
  t.deepEqual(
    storedRecords(cwd, 'mine').map(({ order }) => order),
    [1, 2, 3],
  )
  t.is(lines(text(cwd, 'mine_metrics.csv')).length, 4)
})

test('--resume of another experiment is refused, and the run kept', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--quiet'], { cwd })
  await refused(t, ['run', '--name', 'mine', '--queue-cap', '9', '--resume'], /run mine was planned otherwise/, { cwd })
  t.is(storedRecords(cwd, 'mine').length, 1)
})

for (const [what, manifest, behaves] of [
  ['torn', '{"seed":', test],
  ['not an object', 'null', test],
] as const) {
  behaves(`--resume of a run whose manifest is ${what} is refused, and the run kept`, async (t) => {
    const cwd = folder(t)
    await run(t, ['--name', 'mine', '--quiet'], { cwd })
    writeFileSync(join(cwd, 'result_data', 'mine_manifest.json'), manifest)
    await refused(t, ['run', '--name', 'mine', ...BRIEF, '--resume'], /mine_manifest\.json can't be read: .*--force/, {
      cwd,
    })
    t.is(storedRecords(cwd, 'mine').length, 1)
  })
}

test('the same seed gives the same order', async (t) => {
  const cwd = folder(t)
  const order = async (name: string) => {
    await run(t, ['--queue', 'sab,sab-mutex', '--replicates', '2', '--seed', '5', '--name', name, '--quiet'], { cwd })
    return storedRecords(cwd, name).map(({ queue, scenario, replicate }) => `${scenario} ${queue} ${replicate}`)
  }
  t.deepEqual(await order('one'), await order('two'))
})

test('the manifest has the command as it was given', async (t) => {
  const cwd = folder(t)
  await run(t, ['baseline', '--quiet', '--name', 'mine'], { cwd })
  t.like(JSON.parse(text(cwd, 'mine_manifest.json')), {
    command: 'spsc run --duration 0.05 --warmup 0 baseline --quiet --name mine',
    name: 'mine',
  })
})

test('--emit-latencies writes a line for each delivered sampled item', async (t) => {
  const cwd = folder(t)
  await run(t, ['--emit-latencies', 'latencies.txt', '--name', 'mine', '--quiet'], { cwd })
  const record = ok(storedRecords(cwd, 'mine')[0])
  const emitted = lines(readFileSync(join(cwd, 'latencies.txt'), 'utf8'))
  t.is(emitted.length, record.delivered)
  t.true(emitted.every((line) => /^\d+$/.test(line)))
  t.like(record.collectors.latencies, { written: record.delivered })
})

test('--emit-latencies of several replicates writes a file each', async (t) => {
  const cwd = folder(t)
  await run(
    t,
    ['--emit-latencies', 'l.txt', '--replicates', '2', '--queue', 'sab,sab-mutex', '--name', 'mine', '--quiet'],
    { cwd },
  )
  for (const record of storedRecords(cwd, 'mine').map(ok)) {
    const file = `l_${record.cell}_baseline_${record.queue}_r${record.replicate}.txt`
    t.is(lines(readFileSync(join(cwd, file), 'utf8')).length, record.delivered, file)
  }
  t.false(existsSync(join(cwd, 'l.txt')))
})

test('--emit-latencies to /dev/null works, for several replicates too', async (t) => {
  await run(t, ['--emit-latencies', '/dev/null', '--replicates', '2', '--quiet'], { cwd: folder(t) })
})

test('raw latencies that could not be written are said, even when quiet, and the run is kept', async (t) => {
  const cwd = folder(t)
  const { code, stderr } = await spsc(['run', ...BRIEF, '--emit-latencies', '/dev/full', '--name', 'mine', '--quiet'], {
    cwd,
  })
  t.is(code, 3)
  t.regex(stderr, /^\[spsc\] \[latencies\] \/dev\/full can't be written: ENOSPC.*\n$/)
  t.is(storedRecords(cwd, 'mine')[0]?.status, 'ok')
})

test('a file of latencies that is there is refused before anything is measured, and kept', async (t) => {
  const cwd = folderWith(t, { 'l.txt': 'mine\n' })
  await refused(
    t,
    ['run', ...BRIEF, '--emit-latencies', 'l.txt'],
    /l\.txt exists; choose another --emit-latencies or --force/,
    { cwd },
  )
  t.is(readFileSync(join(cwd, 'l.txt'), 'utf8'), 'mine\n')
  await run(t, ['--emit-latencies', 'l.txt', '--force', '--quiet'], { cwd })
  t.not(readFileSync(join(cwd, 'l.txt'), 'utf8'), 'mine\n')
})

test('a place for latencies that is not there is refused before anything is measured', (t) =>
  refused(
    t,
    ['run', ...BRIEF, '--emit-latencies', 'no/where.txt'],
    /--emit-latencies no\/where\.txt can't be written: ENOENT/,
  ))

/** Runs with a stream of the child bound to a device. */
async function withDevice(cwd: string, args: readonly string[], device: string, stream: 'stdout' | 'stderr') {
  const fd = openSync(device, 'w')
  try {
    return await spsc(args, { cwd, stdio: stream === 'stdout' ? ['ignore', fd, 'pipe'] : ['ignore', 'pipe', fd] })
  } finally {
    closeSync(fd)
  }
}

for (const args of [
  ['--quiet', '--json'],
  ['--log-level', 'error'],
]) {
  test(`a full stdout is said and not taken for success (${args.join(' ')})`, async (t) => {
    const cwd = folder(t)
    const { code, stderr } = await withDevice(cwd, ['run', ...BRIEF, '--name', 'mine', ...args], '/dev/full', 'stdout')
    t.is(code, 3)
    t.regex(stderr, /^\[spsc\] \[cli\] stdout can't be written: ENOSPC.*\n/)
    t.deepEqual(filesOf(cwd), FILES)
    t.is(storedRecords(cwd, 'mine').length, 1)
  })
}

test('a full stdout fails a list and help as well', async (t) => {
  for (const args of [
    ['list', 'queues'],
    ['run', '--help'],
  ]) {
    const { code, stderr } = await withDevice(folder(t), args, '/dev/full', 'stdout')
    t.is(code, 3)
    t.regex(stderr, /stdout can't be written: ENOSPC/)
  }
})

test('a full stderr costs no measurement', async (t) => {
  const cwd = folder(t)
  const { code } = await withDevice(cwd, ['run', ...BRIEF, '--name', 'mine'], '/dev/full', 'stderr')
  t.is(code, 0)
  t.deepEqual(filesOf(cwd), FILES)
})

test('a reader that leaves early is no error, and the run is complete', async (t) => {
  const cwd = folder(t)
  const { code, stderr } = await spsc(['run', ...BRIEF, '--replicates', '3', '--name', 'mine', '--json', '--quiet'], {
    cwd,
    onStart: (child) => child.stdout?.destroy(),
  })
  t.is(stderr, '')
  t.is(code, 0)
  t.is(storedRecords(cwd, 'mine').length, 3)
  t.is(lines(text(cwd, 'mine_metrics.csv')).length, 4)
})

test('report renders a stored run again from its results alone', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['--name', 'mine', '--replicates', '2'], { cwd })
  const drawn = FILES.filter((file) => !/manifest|results/.test(file))
  const before = drawn.map((file) => text(cwd, file))
  for (const file of drawn) writeFileSync(join(cwd, 'result_data', file), 'old')
  const again = await spsc(['report', 'mine'], { cwd })
  t.is(again.code, 0)
  t.deepEqual(
    drawn.map((file) => text(cwd, file)),
    before,
  )
  t.deepEqual(lines(again.stdout).slice(0, 2), lines(stdout).slice(0, 2))
})

test('report --json prints the stored records', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--quiet', '--out', 'place'], { cwd })
  const { stdout } = await spsc(['report', 'mine', '--out', 'place', '--json'], { cwd })
  t.deepEqual(JSON.parse(stdout), storedRecords(cwd, 'mine', 'place')[0])
})

test('report skips a torn line', async (t) => {
  const cwd = folder(t)
  await run(t, ['--name', 'mine', '--quiet'], { cwd })
  writeFileSync(join(cwd, 'result_data', 'mine_results.ndjson'), '{"schema":1,"ru', { flag: 'a' })
  const { code, stdout } = await spsc(['report', 'mine', '--json'], { cwd })
  t.is(code, 0)
  t.is(lines(stdout).length, 1)
})

test('a run that is not stored can’t be reported', (t) =>
  refused(t, ['report', 'nothing'], /nothing_results\.ndjson can't be read: ENOENT/))

test('folders of --out are made, also with spaces and other letters', async (t) => {
  const cwd = folder(t)
  await run(t, ['--out', 'ä b/c', '--name', 'mine', '--quiet'], { cwd })
  t.is(storedRecords(cwd, 'mine', 'ä b/c').length, 1)
  t.deepEqual(lines((await execute('ls', ['ä b/c'], { cwd })).stdout).sort(), FILES)
})
