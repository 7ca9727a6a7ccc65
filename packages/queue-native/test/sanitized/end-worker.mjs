// One end of a queue in a thread of its own, doing what it is told, and reporting what it saw.
import { parentPort, workerData } from 'node:worker_threads'

const { module, backend, handle, script } = workerData
const { [backend]: queues } = await import(module)

/** Tells, where somebody wants to know, that this thread has its end. */
const tellHeld = ({ held }) => held && Atomics.store(held, 0, 1)

const scripts = {
  /** Pushes `count` items, each waiting for room; ends early where the consumer has closed. */
  push(queue, { count }) {
    const producer = queue.producer()
    let pushed = 0
    try {
      while (pushed < count && producer.push(pushed, 60_000)) pushed++
    } catch (error) {
      return { pushed, code: error.code }
    }
    producer.close()
    return { pushed }
  },

  /** Pops at most `count` items, each waiting for the next, and closes. */
  pop(queue, { count }) {
    const consumer = queue.consumer()
    let popped = 0
    let inOrder = true
    while (popped < count) {
      const item = consumer.pop(60_000)
      if (item === undefined) break
      if (item !== popped++) inOrder = false
    }
    const wasClosed = consumer.closed
    consumer.close()
    return { popped, inOrder, wasClosed }
  },

  /** Pushes `items` over and over, `count` of them. */
  pushThese(queue, { count, items }) {
    const producer = queue.producer()
    for (let i = 0; i < count; i++) producer.push(items[i % items.length], 60_000)
    producer.close()
    return {}
  },

  /** Pops to the end, and says whether these items came over and over. */
  popThese(queue, { items }) {
    const consumer = queue.consumer()
    let popped = 0
    let isSame = true
    for (let item = consumer.pop(60_000); item !== undefined; item = consumer.pop(60_000)) {
      if (!Object.is(item, items[popped++ % items.length])) isSame = false
    }
    return { popped, isSame }
  },

  /** Pops from a queue that stays empty. */
  popInVain(queue, { timeoutMs, ...script }) {
    const consumer = queue.consumer()
    tellHeld(script)
    const begin = performance.now()
    const item = consumer.pop(timeoutMs)
    return { item, waitedMs: performance.now() - begin }
  },

  /** Pushes into a queue that stays full. */
  pushInVain(queue, { timeoutMs, ...script }) {
    const producer = queue.producer()
    while (producer.tryPush(1));
    tellHeld(script)
    const begin = performance.now()
    const pushed = producer.push(2, timeoutMs)
    return { pushed, waitedMs: performance.now() - begin }
  },
}

parentPort.postMessage(scripts[script.action](queues.attach(handle), script))
