import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import {
  createTrace,
  type Phase,
  type Pipeline,
  type PipelineSetup,
  parseScenario,
  planTrace,
  type ScenarioInput,
} from '@spsc/core'
import native, { mutex } from '@spsc/queue-native'
import { testNative as test, testNativeSerially } from './available.js'

/** Kernel ids of the threads of this process. */
function threads(): number[] {
  return readdirSync('/proc/self/task').map(Number)
}

/** Whether `condition` comes true within five seconds. */
async function eventually(condition: () => boolean): Promise<boolean> {
  for (const end = Date.now() + 60_000; !condition(); await sleep(5)) if (Date.now() > end) return false
  return true
}

function phase(ms: number, intervalUs = 0): Phase {
  return { name: 'paced', durationNs: ms * 1e6, intervalNs: intervalUs * 1000, settleNs: 0, stamped: true }
}

/** @param beyond settings that no scenario could have @param placement CPUs of the two ends */
async function start(
  backend: typeof native,
  settings: ScenarioInput = {},
  beyond: object = {},
  placement: PipelineSetup['placement'] = {},
): Promise<Pipeline> {
  const trace = createTrace(64)
  planTrace(trace, 1, Math.random)
  const scenario = { ...parseScenario('test', settings), ...beyond }
  const pipeline = backend.drive?.({ scenario, trace, seed: 1, placement, signal: new AbortController().signal })
  return pipeline as Promise<Pipeline>
}

for (const backend of [native, mutex]) {
  const states: Record<string, { settings: ScenarioInput; intervalUs: number }> = {
    'runs flat out': { settings: {}, intervalUs: 0 },
    'sleeps between items': { settings: {}, intervalUs: 60_000_000 },
    'is held up by a full queue of large items': {
      settings: { itemBytes: 65_536, queueCap: 64, onFull: 'block', workBytes: 1_000_000 },
      intervalUs: 0,
    },
    'spins over large items': { settings: { itemBytes: 1024, queueCap: 1, wait: 'spin' }, intervalUs: 0 },
  }
  for (const [state, { settings, intervalUs }] of Object.entries(states)) {
    test(`${backend.name} leaves no thread behind when a worker is terminated while its pipeline ${state}`, async (t) => {
      const worker = new Worker(new URL('sanitized/pipeline-worker.mjs', import.meta.url), {
        workerData: { module: backend.module, backend: backend.name, settings, intervalUs },
        execArgv: [],
      })
      const [tids] = (await once(worker, 'message')) as [number[]]
      t.true(tids.every((tid) => threads().includes(tid)))
      await worker.terminate()
      t.true(await eventually(() => !tids.some((tid) => threads().includes(tid))))
    })
  }

  for (const action of ['popInVain', 'pushInVain']) {
    test(`${backend.name} lets a worker be terminated in ${action}, and closes the queue for its peer`, async (t) => {
      const queue = backend.create({ capacity: 4 })
      const peer = action === 'popInVain' ? queue.producer() : queue.consumer()
      const held = new Int32Array(new SharedArrayBuffer(4))
      const script = { action, timeoutMs: Number.POSITIVE_INFINITY, held }
      const worker = new Worker(new URL('sanitized/end-worker.mjs', import.meta.url), {
        workerData: { module: backend.module, backend: backend.name, handle: queue.handle, script },
        execArgv: [],
      })
      t.true(await eventually(() => Atomics.load(held, 0) === 1))
      // For it to fall asleep.
      await sleep(200)
      const ended = await Promise.race([worker.terminate().then(() => true), sleep(3000, false)])
      t.deepEqual({ ended, closed: peer.closed }, { ended: true, closed: true })
    })
  }

  test(`${backend.name} leaves no thread behind in 50 pipelines made, run and stopped`, async (t) => {
    for (let i = 0; i < 50; i++) {
      const pipeline = await start(backend)
      const { offered, delivered, dropped } = await pipeline.run(phase(0.1))
      t.is(offered, delivered + dropped)
      await pipeline.stop()
      const tids = [pipeline.producer.tid, pipeline.consumer.tid] as number[]
      // A joined thread stands in /proc for a moment more.
      t.true(await eventually(() => !tids.some((tid) => threads().includes(tid))))
    }
  })

  testNativeSerially(
    `${backend.name} refuses a CPU that the machine has not, and leaves no thread behind`,
    async (t) => {
      const before = new Set(threads())
      for (const end of ['producer', 'consumer']) {
        await t.throwsAsync(start(backend, {}, {}, { [end]: 1023 }), {
          code: 'ERR_CAPABILITY',
          message: /the kernel refused to pin a thread; set pinProducer and pinConsumer to none/,
        })
      }
      t.true(await eventually(() => threads().every((tid) => before.has(tid))))
    },
  )

  testNativeSerially(
    `${backend.name} refuses items that its container has no memory for, and asks the machine where there is no limit`,
    async (t) => {
      const { constrainedMemory } = process
      t.teardown(() => Object.assign(process, { constrainedMemory }))
      const within = (limit: number) => {
        Object.assign(process, { constrainedMemory: () => limit })
        return start(backend, { itemBytes: 1024, queueCap: 64 })
      }
      await t.throwsAsync(within(4096), {
        code: 'ERR_CAPABILITY',
        message: /allowed: the memory that is free, 0 MiB; lower queueCap or itemBytes/,
      })
      const pipeline = await within(0)
      t.true((await pipeline.run(phase(1))).delivered > 0)
      await pipeline.stop()
    },
  )

  test(`${backend.name} rejects a phase after the end, and may be stopped twice`, async (t) => {
    const pipeline = await start(backend)
    await pipeline.run(phase(1))
    await pipeline.stop()
    await pipeline.stop()
    await t.throwsAsync(pipeline.run(phase(1)), { code: 'ERR_CANCELLED' })
  })

  test(`${backend.name} refuses a second phase while one runs, which goes on`, async (t) => {
    const pipeline = await start(backend)
    const first = pipeline.run(phase(20))
    await t.throwsAsync(pipeline.run(phase(20)), { code: 'ERR_PLUGIN_FAILED', message: /a phase is running/ })
    t.true((await first).delivered > 0)
    await pipeline.stop()
  })

  for (const [left, sizes] of Object.entries({
    'slow items': { queueCap: 1_000_000, workBytes: 65_536 },
    'large items': { queueCap: 1000, itemBytes: 65_536, workBytes: 65_536 },
  })) {
    test(`${backend.name} stops at once in a phase far behind its schedule, with ${left} left in the queue`, async (t) => {
      const pipeline = await start(backend, { pacing: 'deadline', arrival: 'poisson', ...sizes })
      const cut = t.throwsAsync(pipeline.run(phase(3_600_000, 0.01)), { code: 'ERR_CANCELLED' })
      await sleep(20)
      const begin = Date.now()
      await pipeline.stop()
      t.true(Date.now() - begin < 2000)
      await cut
    })
  }
}

test('what goes wrong in C++ is said in the form of our errors', async (t) => {
  // One is refused by the C++ library, the other by Node-API.
  await t.throwsAsync(start(native, {}, { workBytes: 2 ** 63 }), { message: /^\[spsc\] \[queue-native\] .+/ })
  await t.throwsAsync(start(native, {}, { workBytes: 'all' }), { message: /^\[spsc\] \[queue-native\] .+/ })
})

/** What the kernel says of a thread: R runs or would like to, S sleeps. */
function stateOf(tid: number): string | undefined {
  const stat = readFileSync(`/proc/self/task/${tid}/stat`, 'utf8')
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0]
}

test('a consumer of mutex waits as it is asked to: asleep, or trying again', async (t) => {
  for (const [wait, state] of [
    ['block', 'S'],
    ['spin', 'R'],
    ['yield', 'R'],
  ] as const) {
    const pipeline = await start(mutex, { wait })
    const cut = t.throwsAsync(pipeline.run(phase(600_000, 60_000_000)), { code: 'ERR_CANCELLED' })
    await sleep(50)
    const states: unknown[] = []
    for (let i = 0; i < 5; i++) {
      states.push(stateOf(pipeline.consumer.tid as number))
      await sleep(2)
    }
    await pipeline.stop()
    await cut
    t.deepEqual([wait, ...states], [wait, ...Array(5).fill(state)])
  }
})
