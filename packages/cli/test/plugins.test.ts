import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { BRIEF, fixture, folder, ROOT, refused, run, spsc, storedRecords } from './spsc.js'

const BROKEN = [
  ['throws as it is imported', 'throws.mjs', 'ERR_PLUGIN', /can't be imported: no such library here/],
  [
    'has the wrong shape',
    'wrong-shape.mjs',
    'ERR_PLUGIN',
    /is not a queue backend: create is undefined; allowed: function/,
  ],
  ['exits', 'exits.mjs', 'ERR_PLUGIN_FAILED', /its process ended in load with code 3/],
  [
    'throws while it is measured',
    'throws-in-push.mjs',
    'ERR_PLUGIN_FAILED',
    /queue throws-in-push: producer: out of luck/,
  ],
] as const

for (const [what, file, code, message] of BROKEN) {
  test(`a queue that ${what} fails its cell, by name, and the others are measured`, async (t) => {
    const cwd = folder(t)
    const queue = fixture(file)
    const finished = await spsc(
      ['run', ...BRIEF, '--queue', `${queue},sab`, '--name', 'mine', '--log-level', 'error'],
      { cwd },
    )
    t.is(finished.code, 3, finished.stderr)
    t.regex(finished.stderr, message)
    t.true(finished.stderr.startsWith(`baseline on ${queue}, replicate 1 failed: [spsc] [`), finished.stderr)
    t.is(finished.stderr.trimEnd().split('\n').length, 1)
    t.regex(finished.stdout, new RegExp(`failed: ${code}$`, 'm'))
    const records = storedRecords(cwd, 'mine')
    const failed = records.find((record) => record.queue === queue)
    t.is(failed?.status === 'failed' && failed.error.code, code)
    t.is(records.find((record) => record.queue === 'sab')?.status, 'ok')
  })
}

test('what a queue prints does not reach stdout', async (t) => {
  const { stdout, stderr } = await run(t, ['--queue', fixture('prints.mjs'), '--json', '--quiet'], { cwd: folder(t) })
  t.is(JSON.parse(stdout).status, 'ok')
  t.regex(stderr, /hello from a plug-in/)
})

test('the example queue is measured from its folder', async (t) => {
  const out = folder(t)
  const { stdout } = await run(t, ['--queue', './examples/plugin-queue', 'baseline', '--out', out, '--json'], {
    cwd: ROOT,
  })
  const record = JSON.parse(stdout)
  t.like(record, { status: 'ok', queue: './examples/plugin-queue' })
  t.is(record.offered, record.delivered + record.dropped)
})

/** A folder with the example queue in node_modules under some name. */
function folderWithPackage(t: Parameters<typeof folder>[0], name: string): string {
  const cwd = folder(t)
  const home = join(cwd, 'node_modules', name)
  mkdirSync(home, { recursive: true })
  cpSync(join(ROOT, 'examples/plugin-queue/index.js'), join(home, 'index.js'))
  writeFileSync(join(home, 'package.json'), JSON.stringify({ name, type: 'module', exports: './index.js' }))
  mkdirSync(join(cwd, 'node_modules/@spsc'), { recursive: true })
  symlinkSync(join(ROOT, 'packages/core'), join(cwd, 'node_modules/@spsc/core'))
  return cwd
}

test('a package called spsc-queue-NAME is found by NAME where spsc is called', async (t) => {
  const cwd = folderWithPackage(t, 'spsc-queue-foo')
  await run(t, ['--queue', 'foo', '--name', 'mine', '--quiet'], { cwd })
  t.like(storedRecords(cwd, 'mine')[0], { queue: 'foo', status: 'ok' })
})

test('a scoped package is found by its name', async (t) => {
  const cwd = folderWithPackage(t, '@mine/queue')
  await run(t, ['--queue', '@mine/queue', '--name', 'mine', '--quiet'], { cwd })
  t.like(storedRecords(cwd, 'mine')[0], { queue: '@mine/queue', status: 'ok' })
})

test('a queue of ours is never taken from a package of that name', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'node_modules/spsc-queue-sab'), { recursive: true })
  writeFileSync(join(cwd, 'node_modules/spsc-queue-sab/index.js'), 'throw new Error("not me")')
  await run(t, ['--queue', 'sab', '--quiet'], { cwd })
})

test('a collector is loaded by path, and its data stands in the record', async (t) => {
  const cwd = folder(t)
  const { stdout } = await run(t, ['--collect', `histogram,${fixture('pid.mjs')}`, '--json', '--quiet'], { cwd })
  const { collectors, threads } = JSON.parse(stdout)
  t.deepEqual(Object.keys(collectors), ['histogram', 'pid'])
  t.is(collectors.pid.pid, threads.producer.pid)
})

test('a collector that is none is unavailable with its reason, warned of, and fails no cell', async (t) => {
  const cwd = folder(t)
  const collector = fixture('wrong-shape.mjs')
  const { stderr } = await run(t, ['--collect', `histogram,${collector}`, '--name', 'mine', '--log-level', 'warn'], {
    cwd,
  })
  const reason = /exports no collector by default; allowed: a function that returns \{ name, start, stop \}/
  t.regex(stderr, reason)
  const [record] = storedRecords(cwd, 'mine')
  const data = record?.status === 'ok' ? Object.values(record.collectors) : []
  t.is(data.length, 2)
  t.regex((data[1] as { unavailable: string }).unavailable, reason)
})

test('raw latencies of two queues of one file name go to two files', async (t) => {
  const cwd = folder(t)
  mkdirSync(join(cwd, 'deeper'))
  for (const place of ['.', 'deeper']) {
    writeFileSync(join(cwd, place, 'q.mjs'), readFileSync(fixture('prints.mjs'), 'utf8').replace('../../../../', ROOT))
  }
  await run(t, ['--queue', './q.mjs,../q.mjs', '--emit-latencies', 'l.txt', '--quiet'], { cwd: join(cwd, 'deeper') })
})

const LISTS = {
  queues: ['sab', 'sab-mutex', 'native', 'mutex'],
  collectors: ['histogram', 'perf-stat', 'sched', 'ledger'],
  scenarios: ['baseline', 'affinity', 'affinity-producer', 'affinity-both', 'queue-cap-8'],
  suites: ['t000', 't001', 't002'],
}
for (const [what, names] of Object.entries(LISTS)) {
  test(`list ${what} prints a name and what it stands for on each line, and as NDJSON the same`, async (t) => {
    const cwd = folder(t)
    const { stdout } = await spsc(['list', what], { cwd })
    const lines = stdout.trimEnd().split('\n')
    t.deepEqual(
      lines.map((line) => line.split(/ +/)[0]),
      names,
    )
    const json = await spsc(['list', what, '--json'], { cwd })
    const entries = json.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    t.deepEqual(
      entries.map(({ name }) => name),
      names,
    )
    for (const [index, { description }] of entries.entries()) t.true(lines[index]?.endsWith(`  ${description}`))
  })
}

test('everything that list names can be run', async (t) => {
  const cwd = folder(t)
  const all = ['--queue', LISTS.queues.join(), '--collect', LISTS.collectors.join()]
  // Suites share scenarios, and a run measures each once.
  for (const targets of [LISTS.scenarios, ...LISTS.suites.map((suite) => [suite])]) {
    const { code, stderr } = await spsc(['run', '--print-config', ...targets, ...all], { cwd })
    t.is(code, 0, stderr)
  }
})

test('a queue by a path that is not there is refused', (t) =>
  refused(
    t,
    ['run', '--queue', './nowhere'],
    /--queue "\.\/nowhere": Cannot find module.*; give a file, a folder with a package\.json, or a package/,
  ))
