// Plain JavaScript: tsx does not reach worker threads on Node 20.

import { attachQueue } from '@spsc/queue-sab'
import { ITEMS } from './items.js'

/** What a thread can be told to do with a queue; a thrown error becomes its code. */
export const actions = {
  /** @param {import('@spsc/queue-sab').Queue} queue @param {{ timeoutMs?: number }} wait */
  pop: (queue, { timeoutMs }) => queue.consumer().pop(timeoutMs),

  /**
   * The outcome of the last push.
   *
   * @param {import('@spsc/queue-sab').Queue} queue @param {{ items: number[], timeoutMs?: number }} pushes
   */
  push(queue, { items, timeoutMs }) {
    const producer = queue.producer()
    return attempt(() => items.map((item) => producer.push(item, timeoutMs)).at(-1))
  },

  /** @param {import('@spsc/queue-sab').Queue} queue @param {'producer' | 'consumer'} end @returns {string} */
  claim: (queue, end) => attempt(() => typeof queue[end]()),

  /** @param {import('@spsc/queue-sab').Queue} queue @param {{ count: number, blocking: boolean }} stream */
  pushAll(queue, { count, blocking }) {
    const producer = queue.producer()
    const inTime = deadline(20_000)
    for (let item = 0; item < count; item++) {
      if (!blocking) while (!producer.tryPush(item)) inTime()
      else if (!producer.push(item)) throw new Error(`push of ${item} without a timeout timed out`)
    }
    producer.close()
    return count
  },

  /**
   * Pops, or pushes 0 to 99, one after the other, and writes into `done` how many that have been.
   *
   * @param {import('@spsc/queue-sab').Queue} queue @param {{ done: Int32Array, how: 'push' | 'pop' }} work
   */
  tell(queue, { done, how }) {
    const end = how === 'push' ? queue.producer() : queue.consumer()
    for (let n = 0; how === 'push' ? n < 100 && end.push(n) : end.pop() !== undefined; ) {
      Atomics.store(done, 0, ++n)
      Atomics.notify(done, 0)
    }
  },

  /**
   * Pushes the items of 1 to `count` without waiting for room, then closes; gives how many went in.
   *
   * @param {import('@spsc/queue-sab').RingQueue} queue @param {{ type: keyof typeof ITEMS, count: number }} flood
   */
  flood(queue, { type, count }) {
    const producer = queue.producer()
    const { of } = ITEMS[type]
    let pushed = 0
    for (let n = 1; n <= count; n++) if (producer.tryPush(of(n))) pushed++
    producer.close()
    return pushed
  },

  /**
   * What a pop, or pushes until one has waited for room, come to: the code of the error.
   *
   * @param {import('@spsc/queue-sab').Queue} queue @param {'push' | 'pop'} how @returns {unknown}
   */
  wait: (queue, how) =>
    attempt(() => {
      if (how === 'pop') return queue.consumer().pop()
      for (const producer = queue.producer(); ; ) producer.push(0)
    }),

  /**
   * Pushes the items of 1 to `count`, then fails.
   *
   * @param {import('@spsc/queue-sab').RingQueue} queue @param {{ type: keyof typeof ITEMS, count: number, error: unknown }} stream
   */
  fail(queue, { type, count, error }) {
    const producer = queue.producer()
    for (let n = 1; n <= count; n++) producer.push(ITEMS[type].of(n))
    producer.fail(error)
  },

  /**
   * Sends each item back by another queue; looks again and again and never sleeps.
   *
   * @param {import('@spsc/queue-sab').Queue} queue @param {{ back: SharedArrayBuffer }} answer
   */
  echo(queue, { back }) {
    const [consumer, producer] = [queue.consumer(), attachQueue(back).producer()]
    const inTime = deadline(20_000)
    for (; !consumer.ended; inTime()) {
      const item = consumer.tryPop()
      if (item !== undefined) while (!producer.tryPush(item)) inTime()
    }
  },
}

function attempt(action) {
  try {
    return action()
  } catch (error) {
    return error.code
  }
}

/**
 * A function to call in every turn of a spin; it throws when the time is over, and reads the clock only now and then.
 *
 * @param {number} limitMs
 */
export function deadline(limitMs) {
  const end = Date.now() + limitMs
  let turns = 0
  return () => {
    if ((++turns & 0xffff) === 0 && Date.now() > end) throw new Error(`spun for ${limitMs} ms`)
  }
}
