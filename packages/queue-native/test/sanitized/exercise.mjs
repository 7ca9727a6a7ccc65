// What the addon does all day, for a sanitizer to watch: `node --expose-gc exercise.mjs MODULE PART…`, with MODULE the
// URL of a dist whose addon is instrumented. Prints `ok - …` or `not ok - …` per check. Deadlines are long, as
// sanitizers are slow; nothing here measures.
import { readFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { createQueue } from '@spsc/queue-sab'
import { eventually, phase, startPipeline, threads } from './pipelines.mjs'

const [module, ...chosen] = process.argv.slice(2)
const { native, mutex, futexWaiting, nativeProducer, nativeConsumer } = await import(module)
const backends = [native, mutex]
const never = 600_000

async function check(sentence, body) {
  let reason
  try {
    reason = await body()
  } catch (error) {
    reason = error?.stack ?? error
  }
  if (reason !== undefined) process.exitCode = 1
  console.log(reason === undefined ? `ok - ${sentence}` : `not ok - ${sentence}: ${reason}`)
}

/** The reason where something is not as it must be. */
const unless = (condition, reason) =>
  condition ? undefined : typeof reason === 'string' ? reason : JSON.stringify(reason)

async function codeOf(promise) {
  try {
    await promise
    return 'no error'
  } catch (error) {
    return error.code
  }
}

/** What a worker reports; its thread has ended. */
async function inThread(backend, queue, script) {
  const workerData = { module, backend: backend.name, handle: queue.handle, script }
  const worker = new Worker(new URL('./end-worker.mjs', import.meta.url), { workerData })
  const exit = new Promise((resolve) => worker.once('exit', resolve))
  const report = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
  await exit
  return report
}

/** Numbers, and among them NaNs of the bits that the line ring keeps for itself, where it does so. */
function oddItems() {
  const header = readFileSync(new URL('../../include/spsc/line_ring.hpp', import.meta.url), 'utf8')
  const empty = BigInt(/\bempty = (0x[\da-f']+);/.exec(header)?.[1].replaceAll("'", '') ?? 0)
  const escaped = empty + 1n
  return new Float64Array([...new Float64Array(new BigUint64Array([empty, escaped]).buffer), 0, -0, 0.1, Infinity])
}

async function passOddItems(backend) {
  const queue = backend.create({ capacity: 16 })
  const items = oddItems()
  const [, got] = await Promise.all([
    inThread(backend, queue, { action: 'pushThese', count: 2000, items }),
    inThread(backend, queue, { action: 'popThese', items }),
  ])
  return unless(got.popped === 2000 && got.isSame, got)
}

/** Collects garbage until `condition`: finalizers run between turns of the event loop. */
function collected(condition) {
  return eventually(() => {
    globalThis.gc()
    return condition()
  })
}

/** Every combination of the lists' elements. */
function product(lists) {
  return Object.entries(lists).reduce(
    (combinations, [key, values]) =>
      combinations.flatMap((combination) => values.map((value) => ({ ...combination, [key]: value }))),
    [{}],
  )
}

const parts = {
  async pipeline() {
    const loads = [
      { ms: 15, intervalUs: 0, pacing: ['sleep'] },
      { ms: 15, intervalUs: 100, pacing: ['sleep', 'deadline', 'spin'] },
    ]
    for (const backend of backends) {
      for (const { wait, onFull } of product({ wait: ['spin', 'yield', 'block'], onFull: ['drop', 'block'] })) {
        await check(
          `${backend.name}: ${wait}, ${onFull} when full, paced and flat out, with large items and work and without`,
          async () => {
            for (const { ms, intervalUs, pacing } of loads) {
              for (const varied of product({ pacing, workBytes: [0, 256], queueCap: [1, 64] })) {
                const [arrival, itemBytes] = varied.workBytes > 0 ? ['poisson', 1000] : ['fixed', 8]
                const pipeline = await startPipeline(backend, { ...varied, wait, onFull, arrival, itemBytes })
                for (let turn = 0; turn < 2; turn++) {
                  const counts = await pipeline.run(phase(ms, intervalUs))
                  const { offered, delivered, dropped, outOfOrder } = counts
                  const lossless = offered === delivered + dropped && outOfOrder === 0
                  if (!lossless || delivered === 0 || (onFull === 'block' && dropped > 0))
                    return JSON.stringify({ ...varied, offered, delivered, dropped, outOfOrder })
                }
                await pipeline.stop()
              }
            }
          },
        )
      }
    }
  },

  async certificate() {
    for (const backend of backends) {
      for (const { wait, workBytes, intervalUs } of product({
        wait: ['spin', 'block'],
        workBytes: [0, 256],
        intervalUs: [0, 100],
      })) {
        await check(
          `${backend.name}: ${wait}, interval ${intervalUs}, work ${workBytes}: certified twice, with a phase between`,
          async () => {
            const pipeline = await startPipeline(backend, { wait, workBytes, prodIntervalUs: intervalUs })
            const first = await pipeline.certify(20e6)
            const { delivered } = await pipeline.run(phase(15, intervalUs))
            const second = await pipeline.certify(20e6)
            await pipeline.stop()
            const all = [first, second].every(({ skew_ns, floor_ns }) => skew_ns.backwards === 0 && floor_ns > 0)
            return unless(all && delivered > 0, { first, second, delivered })
          },
        )
      }

      await check(`${backend.name}: a certificate is cancelled, and one after the end is refused`, async () => {
        const pipeline = await startPipeline(backend, {})
        const ended = codeOf(pipeline.certify(1e9))
        await sleep(30)
        await pipeline.stop()
        const codes = [await ended, await codeOf(pipeline.certify(1e9))]
        return unless(
          codes.every((code) => code === 'ERR_CANCELLED'),
          codes,
        )
      })
    }
  },

  async ends() {
    for (const backend of backends) {
      const pushing = (queue, count) => inThread(backend, queue, { action: 'push', count })
      const popping = (queue, count) => inThread(backend, queue, { action: 'pop', count })

      await check(`${backend.name}: items pass in order between two workers that wait for each other`, async () => {
        for (const capacity of [1, 64]) {
          const queue = backend.create({ capacity })
          const [sent, got] = await Promise.all([pushing(queue, 5000), popping(queue, Number.POSITIVE_INFINITY)])
          const good = sent.pushed === 5000 && got.popped === 5000 && got.inOrder && got.wasClosed
          if (!good) return JSON.stringify({ capacity, sent, got })
        }
      })

      await check(`${backend.name}: items are any numbers, also those whose bits the ring has a use for`, () =>
        passOddItems(backend),
      )

      await check(`${backend.name}: a consumer that closes ends a waiting push`, async () => {
        const queue = backend.create({ capacity: 4 })
        const [sent, got] = await Promise.all([pushing(queue, 5000), popping(queue, 100)])
        return unless(sent.code === 'ERR_CLOSED' && sent.pushed >= 100 && got.inOrder, { sent, got })
      })

      await check(`${backend.name}: a producer that closes ends a waiting pop`, async () => {
        const queue = backend.create({ capacity: 4 })
        const producer = queue.producer()
        const waiting = popping(queue, 1)
        await sleep(200)
        producer.close()
        const got = await waiting
        return unless(got.popped === 0 && got.wasClosed, got)
      })

      await check(`${backend.name}: waits end with their timeout`, async () => {
        const vain = await Promise.all(
          ['popInVain', 'pushInVain'].map((action) =>
            inThread(backend, backend.create({ capacity: 4 }), { action, timeoutMs: 50 }),
          ),
        )
        // Their own ends are not closed by the wait, and nobody else's is.
        return unless(
          vain[0].item === undefined && vain[1].pushed === false && vain.every((v) => v.waitedMs >= 49),
          vain,
        )
      })

      await check(`${backend.name}: an end that is collected closes its queue`, async () => {
        const queue = backend.create({ capacity: 4 })
        const consumer = queue.consumer()
        ;(() => queue.producer().tryPush(1))()
        const closed = await collected(() => consumer.closed)
        return unless(closed && consumer.tryPop() === 1 && consumer.tryPop() === undefined, 'still open')
      })
    }
  },

  async faults() {
    const runs = {
      'flat out': { settings: { queueCap: 64 }, intervalUs: 0 },
      'flat out, held up by a full queue': {
        settings: { queueCap: 1, onFull: 'block', wait: 'block', workBytes: 65_536 },
        intervalUs: 0,
      },
      'between two items of a slow pace': { settings: { wait: 'block' }, intervalUs: 60_000_000 },
      'behind its schedule': { settings: { onFull: 'block', workBytes: 65_536 }, intervalUs: 0.01 },
      'held up by a full queue of large items': {
        settings: { queueCap: 3, itemBytes: 65_536, onFull: 'block', wait: 'block', workBytes: 65_536 },
        intervalUs: 0,
      },
      'left with a backlog of slow items': { settings: { queueCap: 1_000_000, workBytes: 65_536 }, intervalUs: 0 },
      'parked between phases': { settings: {} },
    }
    for (const [backend, [state, { settings, intervalUs }]] of backends.flatMap((b) =>
      Object.entries(runs).map((r) => [b, r]),
    )) {
      await check(`${backend.name}: a worker is terminated while its pipeline is ${state}`, async () => {
        const workerData = { module, backend: backend.name, settings, intervalUs }
        const worker = new Worker(new URL('./pipeline-worker.mjs', import.meta.url), { workerData })
        const tids = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
        await sleep(30)
        if (!tids.every((tid) => threads().includes(tid))) return 'its threads were gone before'
        await worker.terminate()
        return unless(await eventually(() => !tids.some((tid) => threads().includes(tid))), 'its threads live on')
      })

      if (intervalUs === undefined) continue
      await check(`${backend.name}: a phase is cancelled while ${state}`, async () => {
        const pipeline = await startPipeline(backend, settings)
        const ended = codeOf(pipeline.run(phase(never, intervalUs)))
        await sleep(30)
        const begin = performance.now()
        await pipeline.stop()
        const stopMs = performance.now() - begin
        const code = await ended
        return unless(code === 'ERR_CANCELLED' && stopMs < 5000, { code, stopMs })
      })
    }

    for (const [backend, action] of backends.flatMap((b) => [
      [b, 'popInVain'],
      [b, 'pushInVain'],
    ])) {
      await check(
        `${backend.name}: a worker is terminated in ${action}, and its peer sees the queue closed`,
        async () => {
          const queue = backend.create({ capacity: 4 })
          const peer = action === 'popInVain' ? queue.producer() : queue.consumer()
          const script = { action, timeoutMs: Number.POSITIVE_INFINITY }
          const workerData = { module, backend: backend.name, handle: queue.handle, script }
          const worker = new Worker(new URL('./end-worker.mjs', import.meta.url), { workerData })
          await new Promise((resolve) => worker.once('online', resolve))
          await sleep(300)
          const ended = await Promise.race([worker.terminate().then(() => true), sleep(10_000, false)])
          return unless(ended && peer.closed, { ended, closed: peer.closed })
        },
      )
    }

    for (const backend of backends) {
      await check(`${backend.name}: a phase after the end and a second one at once are refused`, async () => {
        const pipeline = await startPipeline(backend, {})
        const first = pipeline.run(phase(50))
        const second = await codeOf((async () => pipeline.run(phase(50)))())
        await first
        await pipeline.stop()
        await pipeline.stop()
        const after = await codeOf((async () => pipeline.run(phase(50)))())
        return unless(second === 'ERR_PLUGIN_FAILED' && after === 'ERR_CANCELLED', { second, after })
      })

      await check(`${backend.name}: a pipeline that nobody holds is collected, its threads with it`, async () => {
        const tids = await (async () => {
          const { producer, consumer } = await startPipeline(backend, {})
          return [producer.tid, consumer.tid]
        })()
        return unless(await collected(() => !tids.some((tid) => threads().includes(tid))), 'its threads live on')
      })

      await check(`${backend.name}: a phase runs to its end although nobody holds its pipeline`, async () => {
        const run = await (async () => {
          const pipeline = await startPipeline(backend, {})
          return { done: pipeline.run(phase(300)) }
        })()
        let counts
        run.done.then((value) => {
          counts = value
        })
        return unless((await collected(() => counts !== undefined)) && counts.delivered > 0, 'it never ended')
      })
    }
  },

  /** A queue-sab ring with ends in C++, and the ways in which JavaScript waits for them. */
  async bridge() {
    const create = (capacity) => createQueue({ capacity, waiting: futexWaiting })
    const start = (handle, action, count) =>
      new Worker(new URL('./bridge-worker.mjs', import.meta.url), { workerData: { module, handle, action, count } })
    const first = (worker) => new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))

    await check('bridge: items pass in order between two ends in C++ that wait for each other', async () => {
      for (const capacity of [1, 64]) {
        const { handle } = create(capacity)
        const [, got] = await Promise.all([first(start(handle, 'push', 5000)), first(start(handle, 'pop'))])
        if (got.popped !== 5000 || !got.inOrder) return JSON.stringify({ capacity, got })
      }
    })

    await check('bridge: items pass in order from C++ to an event loop, and back', async () => {
      const there = create(4)
      const sent = first(start(there.handle, 'push', 500))
      const consumer = there.consumer()
      for (let item = 0; item < 500; item++) if ((await consumer.popAsync()) !== item) return `item ${item}`
      if ((await consumer.popAsync()) !== undefined) return 'no end'
      await sent
      const back = create(4)
      const got = first(start(back.handle, 'pop'))
      const producer = back.producer()
      for (let item = 0; item < 500; item++) await producer.pushAsync(item)
      producer.close()
      const { popped, inOrder } = await got
      return unless(popped === 500 && inOrder, { popped, inOrder })
    })

    await check('bridge: waits on an event loop end with their time, and when aborted', async () => {
      const consumer = create(1).consumer()
      if ((await consumer.popAsync({ timeoutMs: 20 })) !== undefined) return 'an item out of nothing'
      const abort = new AbortController()
      const waits = Array.from({ length: 5 }, () => codeOf(consumer.popAsync({ signal: abort.signal })))
      await sleep(20)
      abort.abort(Object.assign(new Error('enough'), { code: 'enough' }))
      const codes = await Promise.all(waits)
      return unless(
        codes.every((code) => code === 'enough'),
        codes,
      )
    })

    for (const action of ['popInVain', 'popAsyncInVain']) {
      await check(`bridge: a worker is terminated in ${action}, and leaves no thread behind`, async () => {
        const before = threads().length
        const worker = start(create(1).handle, action)
        await first(worker)
        await sleep(200)
        const ended = await Promise.race([worker.terminate().then(() => true), sleep(10_000, false)])
        return unless(ended && (await eventually(() => threads().length <= before)), { ended })
      })
    }

    await check('bridge: an end that is collected closes its queue', async () => {
      const queue = create(4)
      const consumer = nativeConsumer(queue.handle)
      ;(() => nativeProducer(queue.handle).tryPush(1))()
      const closed = await collected(() => consumer.closed)
      return unless(closed && consumer.tryPop() === 1 && consumer.tryPop() === undefined, 'still open')
    })
  },

  /** `cycles=N`: pipelines made, run and dropped, every other one stopped before. */
  async cycles(count) {
    // A ring and a trace of 200 kB: were one left behind, 100 cycles would show it.
    const cycle = async (backend, isStopped) => {
      const pipeline = await startPipeline(backend, { queueCap: 16_384 }, { rows: 1024 })
      await pipeline.run(phase(0.02))
      if (isStopped) await pipeline.stop()
    }
    const rssMiB = async (most) => {
      await collected(() => threads().length <= most)
      return process.memoryUsage.rss() / 2 ** 20
    }
    const before = threads().length
    const begin = Math.min(100, count / 2)
    let early
    for (let i = 0; i < count; i++) {
      if (i === begin) early = await rssMiB(before)
      await cycle(backends[i % 2], i % 4 < 2)
      if (i % 20 === 0) await collected(() => true)
    }
    const late = await rssMiB(before)
    const figures = `${early.toFixed(0)} MiB after ${begin} cycles, ${late.toFixed(0)} MiB after ${count}`
    await check(`${count} pipelines made, run and dropped leave no memory behind (${figures})`, () =>
      unless(late < early + 32, figures),
    )
    await check(`${count} pipelines made, run and dropped leave no thread behind`, () =>
      unless(threads().length <= before, `${before} threads before, ${threads().length} after`),
    )
  },

  /**
   * What ThreadSanitizer can tell a wrong order of stores by, and no more: an item that is one word with its visibility
   * is atomic whatever the order, one that goes the other way has a second part.
   */
  async order() {
    await check('native: items pass between two workers', () => passOddItems(native))
  },
}

for (const part of chosen) {
  const [name, count] = part.split('=')
  await parts[name](Number(count))
}
