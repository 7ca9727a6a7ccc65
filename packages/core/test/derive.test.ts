import {
  type Consumer,
  type ConsumerEnd,
  deriveConsumer,
  deriveProducer,
  deriveTransfer,
  type Producer,
  type ProducerEnd,
  type Queue,
  type Role,
} from '@spsc/core'
import test from 'ava'
import { MemoryQueue } from './memory-queue.js'
import { withoutBlocking } from './without-blocking.js'

/** Far above what any wait here takes: it only ends a test that would hang. */
const PATIENCE_MS = 60_000

function pair(capacity: number): { queue: MemoryQueue; producer: Producer; consumer: Consumer } {
  const queue = new MemoryQueue(capacity)
  return { queue, producer: deriveProducer(queue.producer), consumer: deriveConsumer(queue.consumer) }
}

test('tryPush, tryPop, close and closed are those of the ends', (t) => {
  const { queue, producer, consumer } = pair(1)
  t.deepEqual([producer.closed, consumer.closed], [false, false])
  t.true(producer.tryPush(1))
  t.false(producer.tryPush(2))
  t.is(consumer.tryPop(), 1)
  t.is(consumer.tryPop(), undefined)
  producer.close()
  t.true(queue.closed)
  t.deepEqual([producer.closed, consumer.closed], [true, true])
  t.throws(() => producer.tryPush(3), { code: 'ERR_CLOSED' })
})

test('push succeeds at once where there is room, and pop where there is an item', (t) => {
  const { producer, consumer } = pair(1)
  t.true(producer.push(7))
  t.is(consumer.pop(), 7)
})

test('push of a full queue times out, and the item is not in it', (t) => {
  const { queue, producer } = pair(1)
  producer.push(1)
  for (const timeoutMs of [0, 5]) t.false(producer.push(2, timeoutMs))
  t.deepEqual(queue.items, [1])
})

test('pop of an empty queue times out', (t) => {
  const { consumer } = pair(1)
  for (const timeoutMs of [0, 5]) t.is(consumer.pop(timeoutMs), undefined)
})

test('a timeout that is negative or no number is refused, and nothing moves', async (t) => {
  const { queue, producer, consumer } = pair(2)
  producer.push(1)
  for (const timeoutMs of [-1, Number.NaN]) {
    const refused = {
      code: 'ERR_OPTION',
      message: `[spsc] [queue] timeoutMs is ${timeoutMs}; allowed: milliseconds from 0, or none to wait for ever`,
    }
    t.throws(() => producer.push(2, timeoutMs), refused)
    t.throws(() => consumer.pop(timeoutMs), refused)
    await t.throwsAsync(producer.pushAsync(2, { timeoutMs }), refused)
    await t.throwsAsync(consumer.popAsync({ timeoutMs }), refused)
  }
  t.deepEqual(queue.items, [1])
})

test('a wait lasts at least its timeout', (t) => {
  const { consumer } = pair(1)
  const begin = performance.now()
  consumer.pop(20)
  // One clock, read on both sides of the wait: a slow machine only makes it longer.
  t.true(performance.now() - begin >= 20)
})

test('push and pop see what changes while they sleep', (t) => {
  const { queue } = pair(1)
  let tries = 0
  const producer = deriveProducer({
    ...queue.producer,
    closed: false,
    close: () => {},
    tryPush: () => ++tries > 1005, // more than are spun before the first sleep
  })
  t.true(producer.push(1, PATIENCE_MS))
  t.is(tries, 1006)
  let looks = 0
  const consumer = deriveConsumer({ closed: false, close: () => {}, tryPop: () => (++looks > 1005 ? 5 : undefined) })
  t.is(consumer.pop(PATIENCE_MS), 5)
  t.is(looks, 1006)
})

test('push and pop say so where the thread may not block, as a page’s main thread', (t) => {
  const { producer, consumer } = pair(1)
  withoutBlocking(() => {
    t.throws(() => consumer.pop(), { code: 'ERR_CAPABILITY', message: /^\[spsc\] .+may not block.+allowed: .+; / })
    t.true(producer.push(7))
    t.throws(() => producer.push(8), { code: 'ERR_CAPABILITY' })
    t.is(consumer.pop(), 7)
  })
})

test('a long wait sleeps between its looks', (t) => {
  let looks = 0
  const look = () => {
    looks++
    return undefined
  }
  deriveConsumer({ closed: false, close: () => {}, tryPop: look }).pop(20)
  // 1000 at full speed, then at growing distances up to 1 ms: on a slow machine fewer.
  t.true(looks > 1000 && looks < 1050, `${looks} looks`)
})

test('push on a closed queue throws, also when there is room and when it was full', (t) => {
  const { producer, consumer } = pair(1)
  consumer.close()
  t.throws(() => producer.push(1), { code: 'ERR_CLOSED', message: /^\[spsc\] / })
  t.throws(() => producer.push(1, 0), { code: 'ERR_CLOSED' })
})

test('push ends with ERR_CLOSED when the consumer closes while it waits', (t) => {
  let looks = 0
  const end: ProducerEnd = {
    tryPush: () => false,
    close: () => {},
    get closed() {
      return ++looks > 1005
    },
  }
  t.throws(() => deriveProducer(end).push(1, PATIENCE_MS), { code: 'ERR_CLOSED' })
})

test('pop drains a closed queue, then ends without waiting', (t) => {
  const { producer, consumer } = pair(2)
  producer.push(1)
  producer.push(2)
  producer.close()
  // No timeout: if the end were missed this would never return, and ava would say so.
  t.deepEqual([consumer.pop(), consumer.pop(), consumer.pop(), consumer.pop()], [1, 2, undefined, undefined])
})

test('pop takes an item that was pushed between a look at the queue and close', (t) => {
  const items: number[] = []
  let closed = false
  const end: ConsumerEnd = {
    tryPop() {
      const item = items.shift()
      // Right after the queue was found empty the producer pushes its last item and closes.
      if (!closed) {
        items.push(9)
        closed = true
      }
      return item
    },
    close: () => {},
    get closed() {
      return closed
    },
  }
  const consumer = deriveConsumer(end)
  t.is(consumer.pop(), 9)
  t.is(consumer.pop(), undefined)
})

test('pushMany appends as many as fit and says how many', (t) => {
  const { queue, producer, consumer } = pair(3)
  t.is(producer.pushMany([]), 0)
  t.is(producer.pushMany([1, 2]), 2)
  t.is(producer.pushMany(new Uint32Array([3, 4, 5])), 1)
  t.is(producer.pushMany([6]), 0)
  t.deepEqual(queue.items, [1, 2, 3])
  consumer.close()
  t.throws(() => producer.pushMany([6]), { code: 'ERR_CLOSED' })
})

test('popMany fills from the start with what is there and leaves the rest alone', (t) => {
  const { producer, consumer } = pair(4)
  producer.pushMany([1, 2, 3])
  const into = [0, 0]
  t.is(consumer.popMany(into), 2)
  t.deepEqual(into, [1, 2])
  t.is(consumer.popMany(into), 1)
  t.deepEqual(into, [3, 2])
  t.is(consumer.popMany(into), 0)
  t.is(consumer.popMany([]), 0)
})

test('drain uses every item until the queue is empty, also one pushed meanwhile', (t) => {
  const { producer, consumer } = pair(4)
  producer.pushMany([1, 2])
  const used: number[] = []
  const drained = consumer.drain((value) => {
    used.push(value)
    if (value === 2) producer.push(3)
  })
  t.is(drained, 3)
  t.deepEqual(used, [1, 2, 3])
  t.is(
    consumer.drain(() => t.fail()),
    0,
  )
})

test('an item 0 is an item', async (t) => {
  const { producer, consumer } = pair(1)
  const into = [5]
  for (const take of [() => consumer.pop(0), () => consumer.popAsync({ timeoutMs: 0 })]) {
    producer.push(0)
    t.is(await take(), 0)
  }
  producer.push(0)
  t.deepEqual([consumer.popMany(into), into], [1, [0]])
  producer.push(0)
  t.is(
    consumer.drain(() => {}),
    1,
  )
})

test('popAsync gets an item that comes later', async (t) => {
  const { producer, consumer } = pair(1)
  const popped = consumer.popAsync({ timeoutMs: PATIENCE_MS })
  setTimeout(() => producer.push(5), 10)
  t.is(await popped, 5)
})

test('pushAsync gets room that comes later', async (t) => {
  const { queue, producer, consumer } = pair(1)
  producer.push(1)
  const pushed = producer.pushAsync(2, { timeoutMs: PATIENCE_MS })
  setTimeout(() => consumer.tryPop(), 10)
  t.true(await pushed)
  t.deepEqual(queue.items, [2])
})

test('the asynchronous forms time out', async (t) => {
  const { producer, consumer } = pair(1)
  t.is(await consumer.popAsync({ timeoutMs: 5 }), undefined)
  t.is(await consumer.popAsync({ timeoutMs: 0 }), undefined)
  producer.push(1)
  t.false(await producer.pushAsync(2, { timeoutMs: 5 }))
  t.false(await producer.pushAsync(2, { timeoutMs: 0 }))
})

test('the asynchronous forms end when the queue is closed', async (t) => {
  const { producer, consumer } = pair(1)
  producer.push(1)
  const pushed = producer.pushAsync(2)
  setTimeout(() => consumer.close(), 10)
  await t.throwsAsync(pushed, { code: 'ERR_CLOSED' })
  t.is(await consumer.popAsync(), 1)
  t.is(await consumer.popAsync(), undefined)
})

test('the asynchronous forms reject with the reason of an aborted signal, before or while they wait', async (t) => {
  const { queue, producer, consumer } = pair(1)
  const reason = new Error('enough')
  const aborted = AbortSignal.abort(reason)
  t.is(await t.throwsAsync(consumer.popAsync({ signal: aborted })), reason)
  t.is(await t.throwsAsync(producer.pushAsync(1, { signal: aborted })), reason)
  t.deepEqual(queue.items, [])
  producer.push(1)
  const controller = new AbortController()
  const { signal } = controller
  setTimeout(() => controller.abort(reason), 10)
  t.is(await t.throwsAsync(producer.pushAsync(2, { signal, timeoutMs: PATIENCE_MS })), reason)
  t.deepEqual(queue.items, [1])
  const later = new AbortController()
  consumer.tryPop()
  setTimeout(() => later.abort(reason), 10)
  t.is(await t.throwsAsync(consumer.popAsync({ signal: later.signal, timeoutMs: PATIENCE_MS })), reason)
})

test('iteration gives every item and ends with the stream', async (t) => {
  const { producer, consumer } = pair(2)
  const sending = (async () => {
    for (let i = 0; i < 10; i++) await producer.pushAsync(i, { timeoutMs: PATIENCE_MS })
    producer.close()
  })()
  const seen: number[] = []
  for await (const value of consumer) seen.push(value)
  await sending
  t.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('leaving an iteration leaves the queue open and the rest in it', async (t) => {
  const { queue, producer, consumer } = pair(3)
  producer.pushMany([1, 2, 3])
  for await (const value of consumer) if (value === 2) break
  t.deepEqual(queue.items, [3])
  t.false(queue.closed)
})

test('what an end brings itself is used, as its method', async (t) => {
  class OwnProducer implements ProducerEnd {
    readonly closed = false
    readonly calls: unknown[][] = []
    tryPush = () => false
    close() {}
    push(...args: unknown[]) {
      this.calls.push(['push', ...args])
      return true
    }
    pushMany(...args: unknown[]) {
      this.calls.push(['pushMany', ...args])
      return 3
    }
    async pushAsync(...args: unknown[]) {
      this.calls.push(['pushAsync', ...args])
      return true
    }
  }
  const end = new OwnProducer()
  const producer = deriveProducer(end)
  t.true(producer.push(1, 5))
  t.is(producer.pushMany([2]), 3)
  t.true(await producer.pushAsync(3, { timeoutMs: 5 }))
  t.deepEqual(end.calls, [
    ['push', 1, 5],
    ['pushMany', [2]],
    ['pushAsync', 3, { timeoutMs: 5 }],
  ])
})

test('a consuming end’s own methods are used, by its iteration too', async (t) => {
  class OwnConsumer implements ConsumerEnd {
    readonly closed = false
    readonly calls: unknown[][] = []
    left = [4, 5]
    tryPop = () => undefined
    close() {}
    pop(...args: unknown[]) {
      this.calls.push(['pop', ...args])
      return 1
    }
    popMany(...args: unknown[]) {
      this.calls.push(['popMany', ...args])
      return 2
    }
    drain(...args: unknown[]) {
      this.calls.push(['drain', ...args])
      return 3
    }
    async popAsync(...args: unknown[]) {
      this.calls.push(['popAsync', ...args])
      return this.left.shift()
    }
  }
  const end = new OwnConsumer()
  const consumer = deriveConsumer(end)
  const use = () => {}
  t.deepEqual([consumer.pop(5), consumer.popMany([0]), consumer.drain(use)], [1, 2, 3])
  t.is(await consumer.popAsync({ timeoutMs: 5 }), 4)
  const seen: number[] = []
  for await (const value of consumer) seen.push(value)
  t.deepEqual(seen, [5])
  t.deepEqual(end.calls, [
    ['pop', 5],
    ['popMany', [0]],
    ['drain', use],
    ['popAsync', { timeoutMs: 5 }],
    ['popAsync'],
    ['popAsync'],
  ])
})

test('an end goes to its thread by the queue’s own transfer, else by a copy of the handle', (t) => {
  const queue = { capacity: 1, handle: 'copied', producer: t.fail, consumer: t.fail } as unknown as Queue
  t.deepEqual(deriveTransfer(queue, 'producer'), { handle: 'copied', transferList: [] })
  const transfer = (role: Role) => ({ handle: `the ${role}`, transferList: [t] })
  t.deepEqual(deriveTransfer({ ...queue, transfer }, 'consumer'), { handle: 'the consumer', transferList: [t] })
})
