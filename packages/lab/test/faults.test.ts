import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type FailedRecord, parseRecord, type ResultRecord } from '@spsc/core'
import { type QueueChoice, resultsPath } from '@spsc/lab'
import test from 'ava'
import { folder } from './folders.js'
import { faulty, fixture, isGone, planOf, SAB, start } from './runs.js'

// One run of every fault beside a good queue: each must fail its own cell, be named, and leave the others alone.

/** Long enough for a process to start on a busy machine, short enough to wait for. */
const GRACE_S = 2

const imported = (name: string): QueueChoice => ({ label: `./${name}`, backend: { module: fixture(`${name}.js`) } })

const FAULTS: readonly (readonly [
  behaviour: string,
  queue: QueueChoice,
  code: FailedRecord['error']['code'],
  message: RegExp,
])[] = [
  [
    'throws as it is imported',
    imported('throws-at-import'),
    'ERR_PLUGIN',
    /throws-at-import\.js can't be imported: no such library here/,
  ],
  [
    'hangs as it is imported',
    imported('hangs-at-import'),
    'ERR_PLUGIN_HUNG',
    /queue \.\/hangs-at-import: did not finish load within 2 s/,
  ],
  [
    'exits as it is imported',
    imported('exits-at-import'),
    'ERR_PLUGIN_FAILED',
    /queue \.\/exits-at-import: its process ended in load with code 3/,
  ],
  [
    'has no create',
    imported('wrong-shape'),
    'ERR_PLUGIN',
    /wrong-shape\.js is not a queue backend: create is undefined; allowed: function/,
  ],
  ['is not there', imported('missing'), 'ERR_PLUGIN', /missing\.js can't be imported/],
  [
    'throws as it makes the queue',
    faulty('throws-in-create'),
    'ERR_PLUGIN_FAILED',
    /queue throws-in-create: out of luck/,
  ],
  [
    'hangs as it makes the queue',
    faulty('hangs-in-create'),
    'ERR_PLUGIN_HUNG',
    /queue \.\/hangs-in-create: did not finish load within 2 s/,
  ],
  [
    'exits as it makes the queue',
    faulty('exits-in-create'),
    'ERR_PLUGIN_FAILED',
    /queue \.\/exits-in-create: its process ended in load with code 7/,
  ],
  [
    'is killed by a signal',
    faulty('killed-in-create'),
    'ERR_PLUGIN_FAILED',
    /queue \.\/killed-in-create: its process ended in load with SIGKILL/,
  ],
  [
    'throws in the thread of an end',
    faulty('throws-in-worker'),
    'ERR_PLUGIN_FAILED',
    /queue throws-in-worker: (producer|consumer): .*out of luck/,
  ],
  [
    'hangs in the thread of an end',
    faulty('hangs-in-worker'),
    'ERR_PLUGIN_HUNG',
    /queue \.\/hangs-in-worker: did not finish load within 2 s/,
  ],
  [
    'exits in the thread of an end',
    faulty('exits-in-worker'),
    'ERR_PLUGIN_FAILED',
    /queue exits-in-worker: (producer|consumer): its thread ended with code 7/,
  ],
]

let records: readonly ResultRecord[] = []
let lines: readonly string[] = []

const shared = mkdtempSync(join(tmpdir(), 'spsc-faults-'))
test.after.always(() => rmSync(shared, { recursive: true }))

test.before('one run of all faults', async () => {
  const { finished } = await start(shared, {
    plan: planOf([SAB, ...FAULTS.map(([, queue]) => queue)]),
    graceS: GRACE_S,
  })
  records = (await finished).records
  lines = readFileSync(resultsPath({ dir: shared, name: 't' }), 'utf8')
    .trimEnd()
    .split('\n')
})

for (const [behaviour, queue, code, message] of FAULTS) {
  test(`a queue that ${behaviour} fails its own cell, by name`, (t) => {
    const record = records.find((candidate) => candidate.queue === queue.label)
    if (record?.status !== 'failed') return t.fail(`it is ${record?.status}`)
    t.is(record.error.code, code, record.error.message)
    t.regex(record.error.message, message)
    t.true(record.error.message.startsWith('[spsc] ['))
    t.notRegex(record.error.message, /\n/, 'one line, no stack')
  })
}

test('the good queue beside them is measured', (t) => {
  const record = records.find(({ queue }) => queue === 'sab')
  t.is(record?.status, 'ok')
})

test('failed replicates are stored as records too', (t) => {
  t.is(lines.length, FAULTS.length + 1)
  t.deepEqual(lines.map(parseRecord), JSON.parse(JSON.stringify(records)))
})

// Filling 512 MiB takes a while on a busy machine, so it gets the time a real run gives.
test.serial('a queue that fills the heap of an end fails its own cell, by name', async (t) => {
  const { finished } = await start(folder(t), { plan: planOf([faulty('fills-heap')]) })
  const [record] = (await finished).records
  if (record?.status !== 'failed') return t.fail(`it is ${record?.status}`)
  t.is(record.error.code, 'ERR_PLUGIN_FAILED', record.error.message)
  t.regex(record.error.message, /^\[spsc\] \[driver\] queue fills-heap: (producer|consumer): .*memory/)
})

test.serial('what a queue that hangs has started ends with it', async (t) => {
  const dir = folder(t)
  const file = join(dir, 'pid')
  process.env.SPSC_TEST_FILE = file
  const { finished } = await start(dir, { plan: planOf([faulty('spawns')]), graceS: GRACE_S })
  const [record] = (await finished).records
  if (record?.status !== 'failed') return t.fail(`it is ${record?.status}`)
  t.is(record.error.code, 'ERR_PLUGIN_HUNG')
  t.true(await isGone(Number(readFileSync(file, 'utf8'))))
})

test.serial('a resumed run measures what failed again', async (t) => {
  const dir = folder(t)
  const plan = planOf([SAB, faulty('throws-for-now')])
  process.env.SPSC_TEST_BROKEN = '1'
  t.teardown(() => {
    delete process.env.SPSC_TEST_BROKEN
  })
  const first = await (await start(dir, { plan })).finished
  t.deepEqual(first.records.map(({ status }) => status).sort(), ['failed', 'ok'])
  delete process.env.SPSC_TEST_BROKEN
  const { run, finished } = await start(dir, { plan, onExisting: 'resume' })
  const again: string[] = []
  run.on('replicate', ({ queue }) => again.push(queue))
  const { records } = await finished
  t.deepEqual(again, ['./throws-for-now'])
  t.is(records.at(-1)?.status, 'ok')
})
