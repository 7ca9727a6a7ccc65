import type { Collector, RunContext } from './collector.js'
import { runInThread } from './conformance-thread.js'
import { deriveConsumer, deriveProducer, deriveTransfer } from './derive.js'
import { errorCode, errorMessage } from './errors.js'
import type { Queue, QueueBackend, Role } from './queue.js'
import type { PhaseRecord } from './record.js'
import { END } from './sequence.js'
import { ABSENT_TIME, traceLength } from './trace.js'
import { mayBlock } from './waiting.js'

type Register = (title: string, body: (...context: unknown[]) => Promise<void>) => unknown

/**
 * A runner's function that registers a test: ava's `test`, node:test's `test`, mocha's `it`. Where the runtime lacks what
 * a test needs, its `skip` is called with a title that says so.
 */
export type RegisterTest = Register & { readonly skip?: Register }

/** How a thread waits: in `push` and `pop`, or on its event loop in `pushAsync` and `popAsync`. */
export type ThreadWait = 'block' | 'async'

/** A script for the thread at one end; see `conformance-worker.ts`. */
export type ThreadScript = { readonly delayMs: number } & (
  | { readonly end: 'producer'; readonly action: 'send'; readonly wait: ThreadWait; readonly count: number }
  | { readonly end: 'consumer'; readonly action: 'receive'; readonly wait: ThreadWait }
  | { readonly end: Role; readonly action: 'claim' | 'close' }
)

/** What the thread saw: `items` in order from 0, and the error code it ended with. */
export interface ThreadReport {
  readonly items: number
  readonly inOrder: boolean
  readonly error?: string
}

export interface ThreadTask {
  readonly backend: { readonly module: string; readonly name: string }
  readonly handle: unknown
  readonly script: ThreadScript
  /** How long one push or pop waits: for ever where only a wake-up is to end it. */
  readonly patienceMs: number
}

/** A thread that starts at the same time waits by then, also on a busy machine: what wakes it comes after so long. */
const PEER_WAITS_MS = 400

/** No wait of the suite lasts longer; a queue that needs more has lost a wake-up. */
const PATIENCE_MS = 10_000

function check(condition: boolean, message: string): void {
  if (!condition) throw new Error(`[spsc] [conformance] ${message}`)
}

function equal(actual: unknown, expected: unknown, what: string): void {
  check(Object.is(actual, expected), `${what}: expected ${String(expected)}, got ${String(actual)}`)
}

function throwsCode(action: () => unknown, code: string, what: string): void {
  try {
    action()
  } catch (error) {
    equal((error as { code?: unknown }).code, code, `${what} throws an error with code`)
    return
  }
  check(false, `${what} must throw ${code}`)
}

/** Runs one end in a thread of its own, which loads the backend by its module as the driver does. */
async function inThread(backend: QueueBackend, queue: Queue, script: ThreadScript): Promise<ThreadReport> {
  const { module, name, supports } = backend
  const patienceMs = 'wait' in script && supports[script.wait] ? Number.POSITIVE_INFINITY : PATIENCE_MS
  // A claim is of an end that is taken already and can't be given away.
  const { handle, transferList } =
    script.action === 'claim' ? { handle: queue.handle, transferList: [] } : deriveTransfer(queue, script.end)
  const task: ThreadTask = { backend: { module, name }, handle, script, patienceMs }
  try {
    return await runInThread(task, transferList, 2 * PATIENCE_MS)
  } catch (cause) {
    throw new Error(`[spsc] [conformance] ${script.end} in ${script.action}: ${errorMessage(cause)}`, { cause })
  }
}

/** Waiting on an event loop that core derives is core's own and proved there. */
function waitsOf({ supports }: QueueBackend): readonly ThreadWait[] {
  return supports.async ? ['block', 'async'] : ['block']
}

/** Counts the rows of delivered items whose times are out of order. */
function disorder(): Collector<number> {
  let run: RunContext | undefined
  return {
    name: 'disorder',
    start(context) {
      run = context
    },
    stop() {
      const { trace, clock } = run as RunContext
      const { sent, popped, done } = trace
      const error = BigInt(clock.errorNs)
      const times = Array.from({ length: traceLength(trace) }, (_, row) => [sent[row], popped[row], done[row]])
      const delivered = times.filter(([, poppedAt]) => poppedAt !== ABSENT_TIME) as [bigint, bigint, bigint][]
      return delivered.filter(([sentAt, poppedAt, doneAt]) => sentAt > poppedAt + error || poppedAt > doneAt).length
    },
  }
}

type Case = (backend: QueueBackend) => void | Promise<void>

const CAPACITIES = [1, 3, 64, 1000]

/** Some turns of the event loop, for queues whose items travel by it. */
const nextTurn = () => new Promise((resolve) => setTimeout(resolve, 20))

/** The behaviours every backend has, as sentences. */
const casesAnywhere: Record<string, Case> = {
  'has the capacity it was asked for, exactly': ({ create }) => {
    for (const capacity of CAPACITIES) {
      const queue = create({ capacity })
      const producer = queue.producer()
      equal(queue.capacity, capacity, 'capacity')
      for (let i = 0; i < capacity; i++) equal(producer.tryPush(i), true, `push ${i} of ${capacity}`)
      equal(producer.tryPush(capacity), false, `push beyond capacity ${capacity}`)
    }
  },

  'starts empty': ({ create }) => {
    equal(create({ capacity: 4 }).consumer().tryPop(), undefined, 'pop of a new queue')
  },

  'is first-in first-out over many laps': ({ create }) => {
    for (const capacity of CAPACITIES) {
      const queue = create({ capacity })
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      let pushed = 0
      let popped = 0
      while (popped < 10 * capacity) {
        for (let burst = 1 + (pushed % capacity); burst > 0 && producer.tryPush(pushed); burst--) pushed++
        producer.flush?.()
        check(pushed > popped, `an empty queue of capacity ${capacity} has no room`)
        for (let burst = 1 + (popped % 7); burst > 0 && popped < pushed; burst--)
          equal(consumer.tryPop(), popped++, 'next item')
        consumer.flush?.()
      }
    }
  },

  'has room for one more as soon as one item is popped': ({ create }) => {
    for (const capacity of CAPACITIES) {
      const queue = create({ capacity })
      const [producer, consumer] = [queue.producer(), queue.consumer()]
      for (let i = 0; i < capacity; i++) producer.tryPush(7)
      equal(consumer.tryPop(), 7, 'pop of a full queue')
      consumer.flush?.()
      equal(producer.tryPush(8), true, `push after one pop, capacity ${capacity}`)
      equal(producer.tryPush(9), false, 'push of the full queue')
    }
  },

  'carries every integer from 0 to 2^30': ({ create }) => {
    const queue = create({ capacity: 8 })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    for (const value of [0, 1, 255, 65_536, END - 1, END]) {
      equal(producer.tryPush(value), true, 'push')
      equal(consumer.tryPop(), value, 'item')
    }
  },

  'gives each end to one claimant only': ({ create, attach }) => {
    const queue = create({ capacity: 4 })
    queue.producer()
    queue.consumer()
    throwsCode(() => queue.producer(), 'ERR_CLAIMED', 'a second producer')
    throwsCode(() => queue.consumer(), 'ERR_CLAIMED', 'a second consumer')
    throwsCode(() => attach(queue.handle).producer(), 'ERR_CLAIMED', 'a second producer by attach')
  },

  'refuses a second claim from another thread': async (backend) => {
    const queue = backend.create({ capacity: 4 })
    queue.producer()
    queue.consumer()
    for (const end of ['producer', 'consumer'] as const) {
      const report = await inThread(backend, queue, { end, action: 'claim', delayMs: 0 })
      equal(report.error, 'ERR_CLAIMED', `a second ${end} in another thread`)
    }
  },

  'gives an end that must be transferred away once': ({ create, attach }) => {
    for (const [given, kept] of [
      ['producer', 'consumer'],
      ['consumer', 'producer'],
    ] as const) {
      const queue = create({ capacity: 4 })
      const transfer = queue.transfer?.bind(queue)
      if (transfer === undefined) return
      const { handle } = transfer(given)
      throwsCode(() => transfer(given), 'ERR_CLAIMED', `a second transfer of the ${given}`)
      throwsCode(() => queue[given](), 'ERR_CLAIMED', `a claim of the ${given} that was given away`)
      attach(handle)[given]()
      throwsCode(() => attach(handle)[given](), 'ERR_CLAIMED', `a second ${given} by attach`)
      queue[kept]()
      throwsCode(() => transfer(kept), 'ERR_CLAIMED', `a transfer of the ${kept} that was claimed`)
    }
  },

  'drains after close, then ends': ({ create }) => {
    const queue = create({ capacity: 4 })
    const [producer, consumer] = [queue.producer(), deriveConsumer(queue.consumer())]
    equal(consumer.closed, false, 'closed before close')
    producer.tryPush(1)
    producer.tryPush(2)
    producer.close()
    producer.close()
    equal(consumer.closed, true, 'closed after close')
    equal(producer.closed, true, 'closed seen by the end that closed')
    equal(consumer.pop(PATIENCE_MS), 1, 'first item left')
    equal(consumer.pop(PATIENCE_MS), 2, 'last item left')
    equal(consumer.pop(PATIENCE_MS), undefined, 'end of stream')
    throwsCode(() => producer.tryPush(3), 'ERR_CLOSED', 'tryPush after close')
  },

  'tells the producer when the consumer closes': ({ create }) => {
    const queue = create({ capacity: 2 })
    const [producer, consumer] = [deriveProducer(queue.producer()), queue.consumer()]
    equal(producer.closed, false, 'closed before close')
    producer.tryPush(1)
    producer.tryPush(1)
    consumer.close()
    consumer.close()
    equal(producer.closed, true, 'closed after close')
    throwsCode(() => producer.push(2, PATIENCE_MS), 'ERR_CLOSED', 'push to a consumer that is gone')
  },

  'moves batches as far as there is room': ({ create }) => {
    const queue = create({ capacity: 5 })
    const [producer, consumer] = [deriveProducer(queue.producer()), deriveConsumer(queue.consumer())]
    equal(producer.pushMany([1, 2, 3, 4, 5, 6, 7]), 5, 'items that fit')
    const into = [0, 0, 0]
    equal(consumer.popMany(into), 3, 'items taken')
    equal(into.join(), '1,2,3', 'batch')
    const rest: number[] = []
    equal(
      consumer.drain((value) => rest.push(value)),
      2,
      'items drained',
    )
    equal(rest.join(), '4,5', 'rest')
  },

  'holds nothing back past the end of the turn, nor past flush': async ({ create }) => {
    const queue = create({ capacity: 1024 })
    const [producer, consumer] = [deriveProducer(queue.producer()), deriveConsumer(queue.consumer())]
    let next = 0
    for (const settle of [() => producer.flush(), nextTurn, () => producer.flush(), nextTurn]) {
      const from = next
      for (let i = 0; i < 100; i++) equal(producer.tryPush(next + i), true, 'push to a queue with room')
      await settle()
      for (; next < from + 100; next++) equal(consumer.tryPop(), next, 'item')
      await (settle === nextTurn ? nextTurn() : consumer.flush())
    }
    let pushed = 0
    while (producer.tryPush(pushed)) pushed++
    equal(pushed, 1024, 'items that fit')
  },

  'waits on an event loop, and its iteration ends with the stream': async ({ create }) => {
    const queue = create({ capacity: 2 })
    const [producer, consumer] = [deriveProducer(queue.producer()), deriveConsumer(queue.consumer())]
    const sending = async () => {
      for (let i = 0; i < 20; i++) equal(await producer.pushAsync(i, { timeoutMs: PATIENCE_MS }), true, 'pushAsync')
      producer.close()
    }
    let next = 0
    const receiving = async () => {
      while (next < 18) equal(await consumer.popAsync({ timeoutMs: PATIENCE_MS }), next++, 'popAsync')
    }
    await Promise.all([sending(), receiving()]).catch((error) => {
      consumer.close() // ends the sender too
      throw error
    })
    // Iteration has no deadline: it starts only when its end is sure to be seen.
    equal(consumer.closed, true, 'closed after close')
    for await (const value of consumer) equal(value, next++, 'item')
    equal(next, 20, 'items seen')
    equal(await consumer.popAsync({ timeoutMs: 5 }), undefined, 'popAsync after the end')
  },

  'moves every item in order between two threads': async (backend) => {
    for (const wait of waitsOf(backend)) {
      for (const capacity of [1, 8, 1024]) {
        const queue = backend.create({ capacity })
        const count = capacity === 1 ? 2000 : 20_000
        const [sent, received] = await Promise.all([
          inThread(backend, queue, { end: 'producer', action: 'send', wait, count, delayMs: 0 }),
          inThread(backend, queue, { end: 'consumer', action: 'receive', wait, delayMs: 0 }),
        ])
        equal(sent.error, undefined, 'producer error')
        equal(received.error, undefined, 'consumer error')
        equal(received.items, count, `items received at capacity ${capacity}`)
        equal(received.inOrder, true, 'order')
      }
    }
  },

  'wakes a waiting consumer by an item and by close': async (backend) => {
    for (const wait of waitsOf(backend)) {
      for (const count of [1, 0]) {
        const queue = backend.create({ capacity: 4 })
        const [, received] = await Promise.all([
          inThread(backend, queue, { end: 'producer', action: 'send', wait, count, delayMs: PEER_WAITS_MS }),
          inThread(backend, queue, { end: 'consumer', action: 'receive', wait, delayMs: 0 }),
        ])
        equal(received.error, undefined, 'consumer error')
        equal(received.items, count, 'items received')
      }
    }
  },

  'wakes a waiting producer by room and by close': async (backend) => {
    for (const wait of waitsOf(backend)) {
      const drained = backend.create({ capacity: 1 })
      const [sent, received] = await Promise.all([
        inThread(backend, drained, { end: 'producer', action: 'send', wait, count: 3, delayMs: 0 }),
        inThread(backend, drained, { end: 'consumer', action: 'receive', wait, delayMs: PEER_WAITS_MS }),
      ])
      equal(sent.error, undefined, 'producer error')
      equal(received.items, 3, 'items received')
      const abandoned = backend.create({ capacity: 1 })
      const [refused] = await Promise.all([
        inThread(backend, abandoned, { end: 'producer', action: 'send', wait, count: 3, delayMs: 0 }),
        inThread(backend, abandoned, { end: 'consumer', action: 'close', delayMs: PEER_WAITS_MS }),
      ])
      equal(refused.error, 'ERR_CLOSED', 'producer error after the consumer closed')
    }
  },

  'brings the waiting it declares': ({ create, supports }) => {
    const queue = create({ capacity: 1 })
    const [producer, consumer] = [queue.producer(), queue.consumer()]
    const declared = { block: ['push', 'pop'], async: ['pushAsync', 'popAsync'] } as const
    for (const [feature, [push, pop]] of Object.entries(declared)) {
      if (!supports[feature as keyof typeof declared]) continue
      equal(typeof producer[push], 'function', `supports.${feature}, producer.${push}`)
      equal(typeof consumer[pop], 'function', `supports.${feature}, consumer.${pop}`)
    }
  },

  'refuses a handle that is not its own': ({ attach }) => {
    for (const foreign of [undefined, null, 42, {}, new SharedArrayBuffer(64)]) {
      let refused = false
      try {
        attach(foreign)
      } catch (error) {
        refused = errorCode(error, 'ERR_PLUGIN_FAILED') === 'ERR_HANDLE'
      }
      check(refused, `attach(${String(foreign)}) must throw ERR_HANDLE`)
    }
  },
}

/** What is seen only by calls that wait. */
const blockingCases: Record<string, Case> = {
  'times out on a full and on an empty queue': ({ create }) => {
    const queue = create({ capacity: 1 })
    const [producer, consumer] = [deriveProducer(queue.producer()), deriveConsumer(queue.consumer())]
    equal(consumer.pop(5), undefined, 'pop of an empty queue')
    equal(consumer.pop(0), undefined, 'pop with no patience')
    equal(producer.push(1, 5), true, 'push')
    equal(producer.push(2, 5), false, 'push to a full queue')
    equal(producer.push(2, 0), false, 'push with no patience')
    equal(consumer.pop(5), 1, 'the item that fitted')
    for (const nonsense of [-1, Number.NaN]) {
      throwsCode(() => consumer.pop(nonsense), 'ERR_OPTION', `pop(${nonsense})`)
      throwsCode(() => producer.push(2, nonsense), 'ERR_OPTION', `push(2, ${nonsense})`)
    }
  },
}

/** Imported late: it needs Node, and packages that a browser can't find without a bundler. */
async function laboratory() {
  const [{ parseScenario }, { runReplicate }] = await Promise.all([import('./scenario.js'), import('./driver.js')])
  return { parseScenario, runReplicate }
}

const laboratoryCases: Record<string, Case> = {
  'is measured by the laboratory, paced and flat out': async (backend) => {
    const { parseScenario, runReplicate } = await laboratory()
    for (const [prodIntervalUs, onFull] of [
      [1000, 'drop'],
      [0, 'drop'],
      [0, 'block'],
    ] as const) {
      const scenario = parseScenario('conformance', { duration: 0.05, warmup: 0.01, prodIntervalUs, onFull })
      const { offered, phases, collectors } = await runReplicate({
        backend,
        scenario,
        collectors: [disorder()],
        seed: 1,
      })
      check(offered > 0, 'no item was offered')
      const { sampled = 0, mean_gap: meanGap = 1, offered: inPhase } = phases.at(-1) as PhaseRecord
      // On a busy machine a short phase may end before the first item that was chosen.
      check(sampled > 0 || inPhase < meanGap, 'no row of the trace was filled')
      equal(collectors.disorder, 0, 'rows of the trace that are not in the order sent, popped, done')
    }
  },

  'carries larger items where it declares them, and is refused them where not': async (backend) => {
    const { parseScenario, runReplicate } = await laboratory()
    const larger = { itemBytes: 1024, queueCap: 3, duration: 0.05, warmup: 0, prodIntervalUs: 0 }
    const scenario = parseScenario('conformance', larger)
    const outcome = await runReplicate({ backend, scenario, collectors: [], seed: 1 }).then(
      ({ delivered }) => (delivered > 0 ? 'measured' : 'nothing was delivered'),
      (error: unknown) => errorCode(error, 'ERR_PLUGIN_FAILED'),
    )
    equal(outcome, backend.supports.itemBytes ? 'measured' : 'ERR_CAPABILITY', 'what becomes of items of 1024 bytes')
  },
}

/** The cases, with what keeps them from running in this thread. */
function groups(): { cases: Record<string, Case>; obstacle?: string | false }[] {
  return [
    { cases: casesAnywhere },
    { cases: blockingCases, obstacle: !mayBlock() && 'this thread may not block' },
    { cases: laboratoryCases, obstacle: !globalThis.process?.versions?.node && 'the laboratory needs Node' },
  ]
}

/**
 * Registers one test per behaviour that the laboratory and the library rely on. Depends on no runner: give it the
 * runner's own function. Two-thread tests import the backend by its `module`, so that must be something a thread can
 * import (JavaScript, not TypeScript, on Node 20).
 *
 * Runs in Node, Deno, Bun and browsers, there also on a page's main thread. What can't run there is skipped.
 *
 * @example
 * import test from 'ava'
 * import { conformance } from '@spsc/core/conformance'
 * import backend from './my-queue.js'
 *
 * conformance(test, backend)
 */
export function conformance(test: RegisterTest, backend: QueueBackend): void {
  for (const { cases, obstacle } of groups()) {
    for (const [title, body] of Object.entries(cases)) {
      // Rest parameters, so that runners which count them don't wait for a callback.
      const run = async (...context: unknown[]) => {
        await body(backend)
        // ava counts a test without assertions of its own as failed.
        const pass = (context[0] as { pass?: unknown } | undefined)?.pass
        if (typeof pass === 'function') pass()
      }
      if (obstacle) test.skip?.(`${backend.name} ${title} (${obstacle})`, run)
      else test(`${backend.name} ${title}`, run)
    }
  }
}
