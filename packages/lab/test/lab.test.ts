import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Fingerprint, type Ground, type MeasuredRecord, parseRecord, type ResultRecord } from '@spsc/core'
import { allowedCpus } from '@spsc/core/driver'
import { type LabRun, RunStore, resultsPath } from '@spsc/lab'
import test, { type ExecutionContext } from 'ava'
import { folder, mountObstacle, smallDevice } from './folders.js'
import { around, rowOf } from './rows.js'
import { eventsOf, fixture, isAlive, LAMPORT, planOf, SAB, start } from './runs.js'

// Each test measures in processes of its own: one after the other, or they would share the CPUs.

const stored = (dir: string) => {
  const lines = readFileSync(resultsPath({ dir, name: 't' }), 'utf8')
    .trimEnd()
    .split('\n')
  return lines.map((line) => parseRecord(line) as ResultRecord)
}
const manifest = (dir: string) => JSON.parse(readFileSync(join(dir, 't_manifest.json'), 'utf8'))
const idOf = ({ queue, replicate }: ResultRecord) => `${queue} ${replicate}`
const pidCollector = (file: string) => () => [
  { plugin: { module: fixture('collectors.js'), name: 'pid' }, options: { file } },
]
const pidsIn = (file: string) => readFileSync(file, 'utf8').trim().split('\n').map(Number)

function measured(t: ExecutionContext, records: readonly ResultRecord[]): MeasuredRecord[] {
  return records.filter((record) => {
    t.is(record.status, 'ok', record.status === 'failed' ? record.error.message : '')
    return record.status === 'ok'
  }) as MeasuredRecord[]
}

/** Cancels a run while it measures its nth replicate. */
function cancelDuring({ run }: LabRun, order: number) {
  run.on('progress', (progress) => {
    if (progress.order === order && progress.phase === 'paced') run.cancel('enough')
  })
}

test.serial(
  'every replicate of every queue is measured, offered = delivered + dropped, and stored as it was given',
  async (t) => {
    const dir = folder(t)
    const plan = planOf([SAB, LAMPORT], { replicates: 2, settings: { duration: 0.3 } })
    const { finished } = await start(dir, { plan })
    const { records, cancelled } = await finished
    t.false(cancelled)
    t.deepEqual(records.map(idOf).sort(), [`${LAMPORT.label} 1`, `${LAMPORT.label} 2`, 'sab 1', 'sab 2'])
    for (const { offered, delivered, dropped, drop_rate } of measured(t, records)) {
      t.true(delivered > 0)
      t.is(offered, delivered + dropped)
      t.is(drop_rate, dropped / offered)
    }
    t.deepEqual(stored(dir), JSON.parse(JSON.stringify(records)))
  },
)

test.serial('a record says which replicate of which plan it is', async (t) => {
  const plan = planOf([SAB, LAMPORT], { replicates: 2, seed: 9 })
  const { finished } = await start(folder(t), { plan })
  const { records } = await finished
  t.deepEqual(
    records.map((record) => ({
      run: record.run,
      scenario: record.scenario,
      queue: record.queue,
      cell: record.cell,
      replicate: record.replicate,
      order: record.order,
      seed: record.seed,
      replicate_seed: record.replicate_seed,
      config: record.config,
    })),
    plan.schedule.map(({ cell, replicate, order, seed }) => ({
      run: 't',
      scenario: 'brief',
      queue: cell.queue.label,
      cell: plan.cells.indexOf(cell) + 1,
      replicate,
      order,
      seed: 9,
      replicate_seed: seed,
      config: cell.scenario,
    })),
  )
})

test.serial(
  'at interval 0 a replicate has an unstamped phase for throughput and a sampled one for latency',
  async (t) => {
    const { finished } = await start(folder(t), { plan: planOf([SAB], { settings: { prodIntervalUs: 0 } }) })
    const [record] = measured(t, (await finished).records)
    t.deepEqual(
      record?.phases.map(({ name, stamped }) => ({ name, stamped })),
      [
        { name: 'throughput', stamped: false },
        { name: 'sampled', stamped: true },
      ],
    )
    t.is(record?.offered, (record?.delivered ?? 0) + (record?.dropped ?? 0))
  },
)

test.serial('a warm-up leaves no phase in the record', async (t) => {
  const { finished } = await start(folder(t), { plan: planOf([SAB], { settings: { warmup: 0.02 } }) })
  const [record] = measured(t, (await finished).records)
  t.deepEqual(
    record?.phases.map(({ name }) => name),
    ['paced'],
  )
})

test.serial('events tell scenario, replicate, its progress, its result, in that order', async (t) => {
  const lab = await start(folder(t), {
    plan: planOf([SAB], { replicates: 2, settings: { warmup: 0.02, pacing: 'spin' } }),
  })
  const events = eventsOf(lab)
  await lab.finished
  const phases = ['load', 'warmup', 'paced']
  const told = events
    .map((item) => (item.name === 'progress' ? item.event.phase : item.name))
    .filter((name) => [...phases, 'scenario', 'replicate', 'result'].includes(name))
  t.deepEqual(told, ['scenario', 'replicate', ...phases, 'result', 'replicate', ...phases, 'result'])
  for (const { name, event } of events) {
    t.like(event, { scenario: 'brief', queue: 'sab' })
    if (name === 'replicate' || name === 'progress') t.is(event.total, 2)
    if (name === 'progress') t.true(event.remainingS >= 0)
  }
})

test.serial('a result is stored before it is told', async (t) => {
  const dir = folder(t)
  const lab = await start(dir, { plan: planOf([SAB], { replicates: 2 }) })
  const seen: number[] = []
  lab.run.on('result', () => seen.push(stored(dir).length))
  await lab.finished
  t.deepEqual(seen, [1, 2])
})

test.serial('each replicate runs in a process of its own, which is gone afterwards', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'pids')
  const { finished } = await start(dir, { plan: planOf([SAB], { replicates: 3 }), collectors: pidCollector(file) })
  const records = measured(t, (await finished).records)
  const pids = records.map(({ threads }) => threads.producer.pid)
  t.deepEqual(pids, pidsIn(file))
  t.is(new Set([process.pid, ...pids]).size, 4)
  for (const pid of pids) t.false(isAlive(pid))
})

test.serial('each replicate gets the collectors made for it', async (t) => {
  const dir = folder(t)
  const { finished } = await start(dir, {
    plan: planOf([SAB], { replicates: 2 }),
    collectors: ({ replicate }) => pidCollector(join(dir, `pid-${replicate}`))(),
  })
  await finished
  for (const replicate of [1, 2]) t.is(pidsIn(join(dir, `pid-${replicate}`)).length, 1)
})

test.serial('a collector that throws is unavailable with its reason, warned of, and fails no replicate', async (t) => {
  const lab = await start(folder(t), {
    plan: planOf([SAB]),
    collectors: () => [
      { plugin: { module: fixture('collectors.js'), name: 'throwsInStart' } },
      { plugin: { module: '@spsc/metrics', name: 'histogram' } },
    ],
  })
  const events = eventsOf(lab)
  const [record] = measured(t, (await lab.finished).records)
  t.deepEqual(record?.collectors['throws-in-start'], { unavailable: 'no counter here' })
  t.truthy(record?.collectors.histogram)
  t.true(
    events.some(
      ({ name, event }) =>
        name === 'warning' && 'message' in event && /throws-in-start: no counter here/.test(event.message),
    ),
  )
})

test.serial('the manifest tells command, seed, versions, machine and plan, and when the run has ended', async (t) => {
  const dir = folder(t)
  const machine = { id: '0123456789ab', node: process.versions.node } as Fingerprint
  const { finished } = await start(dir, { plan: planOf([SAB], { seed: 5 }), machine })
  const before = manifest(dir)
  t.like(before, { schema: 1, name: 't', command: 'test', seed: 5, versions: { '@spsc/lab': 'test' } })
  t.deepEqual(before.machine, machine)
  t.is(before.load.length, 3)
  t.is(before.plan.cells[0].queue, 'sab')
  t.is(before.ended_at, undefined)
  await finished
  t.like(manifest(dir), { seed: 5, records: 1 })
  t.false(Number.isNaN(Date.parse(manifest(dir).ended_at)))
})

test.serial('a manifest without a fingerprint says so', async (t) => {
  const dir = folder(t)
  const { finished } = await start(dir, { plan: planOf([SAB]) })
  await finished
  t.deepEqual(manifest(dir).machine, { unavailable: 'the caller gave no fingerprint' })
})

test.serial('a cancelled run resolves with what was measured, which is stored, and leaves no process', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'pids')
  const lab = await start(dir, {
    plan: planOf([SAB], { replicates: 3, settings: { duration: 0.2 } }),
    collectors: pidCollector(file),
  })
  cancelDuring(lab, 2)
  const { records, cancelled } = await lab.finished
  t.true(cancelled)
  t.deepEqual(records.map(idOf), ['sab 1'])
  t.deepEqual(stored(dir).map(idOf), ['sab 1'])
  t.is(manifest(dir).records, 1)
  const pids = pidsIn(file)
  t.is(pids.length, 2)
  for (const pid of pids) t.false(isAlive(pid))
})

test.serial('cancelling does not wait for the replicate to end', async (t) => {
  const lab = await start(folder(t), { plan: planOf([SAB], { settings: { duration: 3600 } }) })
  cancelDuring(lab, 1)
  t.like(await lab.finished, { cancelled: true, records: [] })
})

test.serial('a signal that is aborted before the start measures nothing', async (t) => {
  const dir = folder(t)
  const { finished } = await start(dir, { plan: planOf([SAB]), signal: AbortSignal.abort() })
  t.like(await finished, { cancelled: true, records: [] })
  t.is(readFileSync(resultsPath({ dir, name: 't' }), 'utf8'), '')
})

test.serial('a signal given to the run cancels it', async (t) => {
  const controller = new AbortController()
  const lab = await start(folder(t), {
    plan: planOf([SAB], { settings: { duration: 3600 } }),
    signal: controller.signal,
  })
  lab.run.on('progress', ({ phase }) => {
    if (phase === 'paced') controller.abort()
  })
  t.true((await lab.finished).cancelled)
})

test.serial('resume measures what is missing and nothing else', async (t) => {
  const dir = folder(t)
  const plan = planOf([SAB, LAMPORT], { replicates: 2 })
  const first = await start(dir, { plan })
  cancelDuring(first, 3)
  await first.finished
  const before = stored(dir)
  t.is(before.length, 2)

  const second = await start(dir, { plan, onExisting: 'resume' })
  const events = eventsOf(second)
  const { records } = await second.finished
  t.deepEqual(
    events.flatMap(({ name, event }) => (name === 'replicate' ? [event.order] : [])),
    [3, 4],
  )
  t.deepEqual(stored(dir).slice(0, 2), before)
  t.deepEqual(
    stored(dir).map(({ order }) => order),
    [1, 2, 3, 4],
  )
  t.deepEqual(
    records.map(({ order }) => order),
    [1, 2, 3, 4],
  )
})

test.serial('resuming a run that is complete measures nothing', async (t) => {
  const dir = folder(t)
  const plan = planOf([SAB])
  await (await start(dir, { plan })).finished
  const again = await start(dir, { plan, onExisting: 'resume' })
  const events = eventsOf(again)
  t.like(await again.finished, { cancelled: false, records: { length: 1 } })
  t.deepEqual(events, [])
  t.is(stored(dir).length, 1)
})

const GUEST: Ground = {
  ...{ in: 'qemu', mode: 'smp', accelerator: 'tcg', cpus: 2, memory_mib: 512 },
  ...{ qemu: '9.9.9', kernel: '6.1', clock_source: 'tsc' },
}

for (const [began, ground, others] of [
  ['host', undefined, 'QEMU smp'],
  ['QEMU smp', GUEST, 'host'],
] as const) {
  test.serial(`a run that began on ${began} goes on there alone, and stays as it was`, async (t) => {
    const dir = folder(t)
    const store = new RunStore({ dir, name: 't' }, 'refuse')
    const plan = planOf([SAB])
    store.writeManifest({ seed: plan.seed, ground })
    for (const record of rowOf('brief', around(50_000, {}, 1))) store.append(record)
    store.close()
    const before = readFileSync(resultsPath({ dir, name: 't' }), 'utf8')
    const elsewhere = ground === undefined ? { ground: GUEST } : {}
    const message = new RegExp(`was measured on ${began}.*, and would go on on ${others}.*; resume it where it began`)
    await t.throwsAsync(start(dir, { plan, onExisting: 'resume', ...elsewhere }), { code: 'ERR_EXISTS', message })
    t.is(readFileSync(resultsPath({ dir, name: 't' }), 'utf8'), before)
  })
}

for (const [what, other] of [
  ['seed', { seed: 2 }],
  ['setting', { settings: { queueCap: 8 } }],
  ['number of replicates', { replicates: 2 }],
] as const) {
  test.serial(`resume refuses a plan with another ${what}, and keeps the run`, async (t) => {
    const dir = folder(t)
    await (await start(dir, { plan: planOf([SAB]) })).finished
    const before = stored(dir)
    await t.throwsAsync(start(dir, { plan: planOf([SAB], other), onExisting: 'resume' }), {
      code: 'ERR_EXISTS',
      message: /run t was planned otherwise \(its seed: 1\).*--force/,
    })
    t.deepEqual(stored(dir), before)
  })
}

test.serial(
  'where neither a module nor taskset can pin, a run that pins is refused before anything is stored',
  async (t) => {
    const dir = folder(t)
    const plan = planOf([SAB], { settings: { pinConsumer: 'last' } })
    const { PATH } = process.env
    process.env.PATH = '/nonexistent'
    try {
      for (const affinity of [{}, { affinity: fixture('no-such-module.js') }]) {
        await t.throwsAsync(start(dir, { plan, ...affinity }), {
          code: 'ERR_CAPABILITY',
          message: /taskset is not installed/,
        })
      }
    } finally {
      process.env.PATH = PATH
    }
    t.deepEqual(readdirSync(dir), [])
  },
)

test.serial('a module that pins is asked for each end, with its thread', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'pinned')
  process.env.SPSC_TEST_FILE = file
  try {
    const plan = planOf([SAB], { settings: { pinProducer: 'first', pinConsumer: 'last' } })
    const { finished } = await start(dir, { plan, affinity: fixture('affinity.js') })
    const [record] = measured(t, (await finished).records) as [MeasuredRecord]
    const { producer, consumer } = record.threads
    const cpus = allowedCpus()
    t.is(readFileSync(file, 'utf8'), `${cpus[0]} ${producer.tid}\n${cpus.at(-1)} ${consumer.tid}\n`)
  } finally {
    delete process.env.SPSC_TEST_FILE
  }
})

test.serial('a CPU this process may not use is refused before anything is stored', async (t) => {
  const dir = join(folder(t), 'out')
  await t.throwsAsync(start(dir, { plan: planOf([SAB], { settings: { pinConsumer: 4095 } }) }), {
    code: 'ERR_CPU',
    message: /pinConsumer is 4095; allowed: the CPUs this process may use \(\d/,
  })
  t.false(existsSync(dir))
})

test.serial('a run of that name is refused, and kept', async (t) => {
  const dir = folder(t)
  const plan = planOf([SAB])
  await (await start(dir, { plan })).finished
  const before = stored(dir)
  await t.throwsAsync(start(dir, { plan }), { code: 'ERR_EXISTS' })
  t.deepEqual(stored(dir), before)
})

test.serial('a run that is refused because its manifest can’t be written leaves the name free', async (t) => {
  const dir = folder(t)
  mkdirSync(join(dir, 't_manifest.json'))
  await t.throwsAsync(start(dir, { plan: planOf([SAB]) }), { code: 'ERR_OUTPUT' })
  t.false(existsSync(resultsPath({ dir, name: 't' })))
})

const mounting = mountObstacle === undefined ? test.serial : test.serial.skip
const reason = mountObstacle === undefined ? '' : ` (skipped: ${mountObstacle})`

mounting(`a device that fills up during a run rejects, and keeps the records before${reason}`, async (t) => {
  const dir = smallDevice(t)
  const lab = await start(dir, { plan: planOf([SAB], { replicates: 20, settings: { duration: 0.01 } }) })
  const told: ResultRecord[] = []
  lab.run.on('result', (record) => {
    told.push(record)
    if (told.length === 2) t.throws(() => writeFileSync(join(dir, 'filler'), Buffer.alloc(2 ** 20)), { code: 'ENOSPC' })
  })
  await t.throwsAsync(lab.finished, { code: 'ERR_OUTPUT', message: /t_results\.ndjson can't be written/ })
  t.true(told.length >= 2 && told.length < 20)
  const readable = readFileSync(resultsPath({ dir, name: 't' }), 'utf8')
    .split('\n')
    .map(parseRecord)
  t.deepEqual(
    readable.filter((record) => record !== undefined),
    JSON.parse(JSON.stringify(told)),
  )
})
