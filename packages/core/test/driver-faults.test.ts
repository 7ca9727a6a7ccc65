import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { loadBackend, type QueueBackend, SpscError } from '@spsc/core'
import type { Stage } from '@spsc/core/driver'
import test, { type ExecutionContext } from 'ava'
import { fixture, LAMPORT } from './fixtures.js'
import { measure } from './measure.js'

const lamport = await loadBackend({ module: LAMPORT })
const faulty = (await import(fixture('faulty-queues.js'))) as Record<string, QueueBackend>
const queue = (name: string) => faulty[name] as QueueBackend

const FLAT_OUT = { prodIntervalUs: 0, onFull: 'block', queueCap: 8, duration: 0.1 } as const

/** The error a replicate ends with; the signal of `measure` ends one that hangs, with another code than is expected. */
async function failure(t: ExecutionContext, backend: QueueBackend, settings = {}, options = {}): Promise<SpscError> {
  return (await t.throwsAsync(measure(backend, { ...FLAT_OUT, ...settings }, options), {
    instanceOf: SpscError,
  })) as SpscError
}

for (const [name, complaint] of [
  ['throwsInPush', 'queue throws-in-push: producer: out of luck'],
  ['throwsInPop', 'queue throws-in-pop: consumer: out of luck'],
  ['throwsInProducer', 'queue throws-in-producer: producer: out of luck'],
  ['throwsInCreate', 'queue throws-in-create: out of luck'],
  ['exitsInPush', 'queue exits-in-push: producer: its thread ended with code 7'],
  ['exitsInPop', 'queue exits-in-pop: consumer: its thread ended with code 7'],
] as const) {
  test.serial(`a failure of the queue is said with its name: ${complaint}`, async (t) => {
    const error = await failure(t, queue(name))
    t.deepEqual([error.code, error.message], ['ERR_PLUGIN_FAILED', `[spsc] [driver] ${complaint}`])
  })
}

test.serial('a queue that can’t be attached fails at either end', async (t) => {
  const error = await failure(t, queue('throwsInAttach'))
  t.is(error.code, 'ERR_PLUGIN_FAILED')
  t.regex(error.message, /^\[spsc\] \[driver\] queue throws-in-attach: (producer|consumer): out of luck$/)
})

test.serial('a queue that throws behind the driver’s back fails', async (t) => {
  const error = await failure(t, queue('throwsLater'))
  t.is(error.code, 'ERR_PLUGIN_FAILED')
  t.regex(error.message, /^\[spsc\] \[driver\] queue throws-later: (producer|consumer): out of luck$/)
})

test.serial('a queue whose handle can’t be sent to a thread fails', async (t) => {
  const error = await failure(t, queue('handleStaysHere'))
  t.is(error.code, 'ERR_PLUGIN_FAILED')
  t.regex(error.message, /^\[spsc\] \[driver\] queue handle-stays-here: .*could not be cloned/)
})

test.serial('a queue that a thread can’t find in its module fails', async (t) => {
  const error = await failure(t, { ...lamport, name: 'renamed' })
  t.is(error.code, 'ERR_PLUGIN')
  t.regex(error.message, /queue renamed: (producer|consumer): .*exports no queue backend called renamed/)
})

for (const [name, complaint] of [
  [
    'loses',
    /^\[spsc\] \[driver\] queue loses: not first-in first-out: \d+ offered, \d+ delivered, 0 dropped, 0 out of order in phase throughput$/,
  ],
  [
    'duplicates',
    /^\[spsc\] \[driver\] queue duplicates: not first-in first-out: .* [1-9]\d* out of order in phase throughput$/,
  ],
  [
    'reorders',
    /^\[spsc\] \[driver\] queue reorders: not first-in first-out: (\d+) offered, \1 delivered, 0 dropped, [1-9]\d* out of order in phase throughput$/,
  ],
] as const) {
  test.serial(`a queue that ${name} items has no figures`, async (t) => {
    const error = await failure(t, queue(name))
    t.is(error.code, 'ERR_INTEGRITY')
    t.regex(error.message, complaint)
  })
}

test.serial('what goes wrong in the warm-up is said of the warm-up', async (t) => {
  const error = await failure(t, queue('loses'), { warmup: 0.05 })
  t.regex(error.message, /in phase warmup$/)
})

for (const name of ['losesTheEnd', 'givesUp']) {
  test.serial(`${queue(name).name}: one end waits for ever, until the signal ends it`, async (t) => {
    const settings = { prodIntervalUs: 100, onFull: 'drop', duration: 0.05 }
    const error = await failure(t, queue(name), settings, { signal: AbortSignal.timeout(1000) })
    t.is(error.code, 'ERR_CANCELLED')
  })
}

test.serial('a queue that hangs while it is attached is ended by the signal', async (t) => {
  const error = await failure(t, queue('hangsInAttach'), {}, { signal: AbortSignal.timeout(1000) })
  t.is(error.code, 'ERR_CANCELLED')
})

test.serial('a signal that is aborted already starts nothing', async (t) => {
  const reason = new Error('enough')
  const create = () => t.fail() as never
  const error = await failure(t, { ...lamport, create }, {}, { signal: AbortSignal.abort(reason) })
  t.is(error.code, 'ERR_CANCELLED')
  t.is(error.cause, reason)
})

test.serial('cancelling in a phase ends it with the signal’s reason', async (t) => {
  const controller = new AbortController()
  const reason = new Error('enough')
  const onStage = (stage: Stage) => void (stage === 'throughput' && setTimeout(() => controller.abort(reason), 20))
  const error = await failure(t, lamport, { duration: 60 }, { signal: controller.signal, onStage })
  t.deepEqual([error.code, error.cause], ['ERR_CANCELLED', reason])
})

test.serial('cancelling while collectors work ends the replicate before the next phase', async (t) => {
  const controller = new AbortController()
  const collector = { name: 'impatient', start: () => controller.abort(), stop: () => {} }
  const error = await failure(t, lamport, { duration: 60 }, { signal: controller.signal, collectors: [collector] })
  t.is(error.code, 'ERR_CANCELLED')
})

for (const [module, name, settings] of [
  [LAMPORT, 'lamport', { wait: 'spin', prodIntervalUs: 0, onFull: 'block' }],
  [LAMPORT, 'lamport', { wait: 'block', prodIntervalUs: 10_000_000 }],
  [fixture('faulty-queues.js'), 'gives-up', { prodIntervalUs: 100, duration: 0.05 }],
] as const) {
  test.serial(
    `after a cancelled run no thread of ${name} is left: the process ends by itself (${JSON.stringify(settings)})`,
    async (t) => {
      const program = fileURLToPath(fixture('cancelled-run.js'))
      const args = [program, module, name, JSON.stringify(settings)]
      const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 120_000 })
      t.is(stdout, 'ERR_CANCELLED\n')
    },
  )
}
