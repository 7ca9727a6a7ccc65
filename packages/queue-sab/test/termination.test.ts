import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { type AnyType, createMutexQueue, createQueue, type OnFull, type RingQueue } from '@spsc/queue-sab'
import test from 'ava'
import type { AnyEnds } from './items.js'
import { PATIENCE_MS } from './threads.js'
import { ITEMS } from './workers/items.js'

// In each case so many threads are terminated, each at another moment.
const THREADS = 63
const AT_A_TIME = 3

interface Case {
  readonly kind: 'ring' | 'mutex'
  readonly type: keyof typeof ITEMS
  readonly onFull?: OnFull
  readonly items: number
}

const CASES: Case[] = [
  { kind: 'ring', type: 'i32', items: 64 },
  { kind: 'ring', type: 'i64', items: 1 },
  { kind: 'ring', type: 'record', items: 5 },
  { kind: 'ring', type: 'frames', items: 100 },
  { kind: 'ring', type: 'json', items: 64 },
  { kind: 'ring', type: 'i32', items: 64, onFull: 'overwrite-oldest' },
  { kind: 'ring', type: 'bytes', items: 8, onFull: 'overwrite-oldest' },
  { kind: 'mutex', type: 'i32', items: 4 },
]

function start(thisCase: Case, end: 'producer' | 'consumer') {
  const { kind, type, onFull = 'block', items } = thisCase
  const capacity = ITEMS[type].capacity(items)
  const queue =
    kind === 'mutex'
      ? createMutexQueue({ capacity })
      : createQueue({ capacity, onFull, type: ITEMS[type].type as AnyType })
  const progress = new Int32Array(new SharedArrayBuffer(8))
  const worker = new Worker(new URL('./workers/until-terminated.js', import.meta.url), {
    workerData: { kind, handle: queue.handle, type, end, progress },
    execArgv: [],
  })
  queue.watch(end, worker)
  return { queue: queue as RingQueue, progress, worker }
}

/** Lets others go on: for longer while the other thread is still starting, which this one would hold up. */
function tick(progress: Int32Array): Promise<unknown> {
  return Atomics.load(progress, 0) === 0 ? pause(1) : new Promise(setImmediate)
}

/** Some moment in the life of a thread: while it starts, or at once or a little after it has got somewhere. */
async function someMoment(n: number, progress: Int32Array): Promise<void> {
  if (n % 16 === 15) return void (await pause(n))
  const deadline = Date.now() + PATIENCE_MS
  while (Atomics.load(progress, 0) < (n * 7) % 50) {
    if (Date.now() > deadline) throw new Error(`no progress beyond ${progress[0]}`)
    await tick(progress)
  }
  if (n % 4 === 1) await pause(n % 5)
}

/** Calls `work` now and then until `moment`. */
async function until(moment: Promise<void>, progress: Int32Array, work: () => void): Promise<void> {
  let going = true
  const stop = () => {
    going = false
  }
  moment.then(stop, stop)
  for (; going; await tick(progress)) work()
  await moment
}

/** Calls `work` until it throws that the peer has died. */
async function untilDead(work: () => unknown): Promise<void> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await new Promise(setImmediate)) {
    try {
      await work()
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_PEER_DIED') throw error
      return
    }
  }
  throw new Error('no word of the death of the peer')
}

/**
 * A thread that pushes is terminated while this one waits for its items, or does not pop. Of the mutex queue nothing is
 * popped while the other thread is being terminated: it may die with the lock, and this thread is the one to free it.
 */
async function loseProducer(thisCase: Case, n: number): Promise<void> {
  const { queue, progress, worker } = start(thisCase, 'producer')
  const consumer = queue.consumer() as unknown as AnyEnds['consumer']
  const { number } = ITEMS[thisCase.type]
  const mayLose = thisCase.onFull === 'overwrite-oldest'
  let last = 0
  const use = (item: unknown) => {
    const popped = number(item as never)
    if (mayLose ? !(popped > last) : popped !== last + 1) throw new Error(`item ${popped} after ${last}`)
    last = popped
  }
  const take = () => {
    const item = consumer.tryPop()
    if (item !== undefined) use(item)
  }
  const moment = someMoment(n, progress)
  if (thisCase.kind === 'mutex' || n % 2 === 0) {
    await until(moment, progress, take)
    await worker.terminate()
  } else {
    const terminated = moment.finally(() => worker.terminate())
    await untilDead(async () => use(await consumer.popAsync()))
    await terminated
  }
  await untilDead(() => consumer.drain?.(use) ?? take())
  if (last < (progress[0] as number)) throw new Error(`${progress[0]} was published, ${last} came last`)
  if (queue.size !== 0) throw new Error(`${queue.size} items left`)
}

/** A thread that pops is terminated while this one waits for room, or does not push. */
async function loseConsumer(thisCase: Case, n: number): Promise<void> {
  const { queue, progress, worker } = start(thisCase, 'consumer')
  const producer = queue.producer() as unknown as AnyEnds['producer']
  const { of } = ITEMS[thisCase.type]
  let pushed = 0
  const put = () => {
    if (producer.tryPush(of(pushed + 1))) pushed++
  }
  const moment = someMoment(n, progress)
  const some = () => {
    for (let puts = 0; puts <= n % 4; puts++) put()
  }
  if (thisCase.kind === 'mutex' || n % 2 === 0) {
    await until(moment, progress, some)
    await worker.terminate()
    await untilDead(() => producer.push(of(0), 1))
  } else {
    const terminated = moment.finally(() => worker.terminate())
    await untilDead(async () => {
      some()
      if (await producer.pushAsync(of(pushed + 1))) pushed++
    })
    await terminated
  }
  const [popped, disordered] = progress as unknown as [number, number]
  if (disordered !== 0) throw new Error(`item ${disordered} came out of order`)
  if (popped > pushed) throw new Error(`${popped} popped of ${pushed} pushed`)
}

for (const thisCase of CASES) {
  const { kind, type, items, onFull = 'block' } = thisCase
  const ends = { producer: loseProducer, consumer: loseConsumer }
  for (const [end, lose] of Object.entries(ends)) {
    // A consumer that is overwritten does not get each number.
    if (end === 'consumer' && onFull !== 'block') continue
    const what = `${kind}, ${items} ${type} items, ${onFull}`
    const threads = onFull === 'block' ? THREADS : 2 * THREADS
    test.serial(
      `${what}: of ${threads} threads terminated as ${end} none leaves a hang or loses what was published`,
      async (t) => {
        const left = Array.from({ length: threads }, (_, n) => n).values()
        const one = async () => {
          for (const n of left) await lose(thisCase, n)
        }
        await t.notThrowsAsync(Promise.all(Array.from({ length: AT_A_TIME }, one)))
      },
    )
  }
}
