import { performance } from 'node:perf_hooks'
import type { Consumer } from '@spsc/queue-sab'
import test from 'ava'
import { KINDS } from './kinds.js'
import { inWorker, PATIENCE_MS } from './threads.js'
import { deadline } from './workers/actions.js'

// A smoke test: on x86 it has never caught a wrong memory order. The argument is in src/ring/words.ts.
const CASES = [
  { count: 300_000, capacity: 1024, blocking: false },
  { count: 50_000, capacity: 1000, blocking: true },
  { count: 20_000, capacity: 3, blocking: true },
  { count: 5_000, capacity: 1, blocking: true },
]

/** Lets the producer's thread end, also when the test has failed midway. */
async function ended(consumer: Consumer, pushed: Promise<unknown>): Promise<void> {
  consumer.close()
  await pushed.catch(() => {})
}

for (const kind of KINDS) {
  for (const { count, capacity, blocking } of CASES) {
    const how = blocking ? 'push and pop' : 'spinning'
    test.serial(`${kind.name}: ${count} items cross threads in order, capacity ${capacity}, ${how}`, async (t) => {
      const queue = kind.create({ capacity })
      const consumer = queue.consumer()
      // The loop below keeps this thread, so the worker's deadline can only come after it.
      const pushed = inWorker(kind, queue.handle, 'pushAll', { count, blocking }, 3 * PATIENCE_MS)
      t.teardown(() => ended(consumer, pushed))
      const inTime = deadline(2 * PATIENCE_MS)
      const spin = () => {
        let item = consumer.tryPop()
        for (; item === undefined && !consumer.ended; item = consumer.tryPop()) inTime()
        return item
      }
      let arrived = 0
      let slowestMs = 0
      while (arrived < count) {
        const start = performance.now()
        const item = blocking ? consumer.pop(PATIENCE_MS) : spin()
        slowestMs = Math.max(slowestMs, performance.now() - start)
        if (item !== arrived) break
        arrived++
      }
      t.is(arrived, count, 'items in order')
      t.true(slowestMs < 0.9 * PATIENCE_MS, `a pop took ${slowestMs} ms: so long a wait has lost its wake-up`)
      t.is(consumer.pop(PATIENCE_MS), undefined, 'end of stream')
      t.true(consumer.ended)
      t.is(await pushed, count)
    })
  }

  test.serial(`${kind.name}: a consumer whose pops time out gets every item before the stream has ended`, async (t) => {
    const count = 2_000
    const queue = kind.create({ capacity: 8 })
    const consumer = queue.consumer()
    const pushed = inWorker(kind, queue.handle, 'pushAll', { count, blocking: true }, 3 * PATIENCE_MS)
    t.teardown(() => ended(consumer, pushed))
    const inTime = deadline(2 * PATIENCE_MS)
    let arrived = 0
    for (; !consumer.ended; inTime()) if (consumer.pop(0.01) === arrived) arrived++
    t.is(arrived, count)
    t.is(await pushed, count)
  })
}
