import { type ConsumerEnd, type ProducerEnd, SpscError } from '@spsc/core'
import { attachQueue, type Waiting } from '@spsc/queue-sab'
import { addon, KIND } from './addon.js'
import { NativeConsumer, NativeProducer } from './ends.js'

let lastId = 0

/**
 * How the ends of a `@spsc/queue-sab` ring sleep and wake each other when one of them is in C++: by futex. Name it where
 * the queue is made and where it is attached; an item still costs no call into the addon, only a sleep and a wake-up do.
 *
 * @example
 * const queue = createQueue({ capacity: 4096, waiting: futexWaiting })
 * startMyThread(queue.handle) // in C++: spsc::SabRing<std::int32_t>::attach(memory, bytes)
 * for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) use(item)
 */
export const futexWaiting: Waiting = {
  code: 1,
  name: 'futex',
  sleep: (words, index, seen, timeoutMs) => addon().futexWait(words, index, seen, timeoutMs),
  async sleepAsync(words, index, seen, timeoutMs, signal) {
    const id = ++lastId
    const cancel = () => addon().futexCancel(id)
    const woken = addon().futexWaitAsync(words, index, seen, timeoutMs, id)
    signal?.addEventListener('abort', cancel)
    await woken
    signal?.removeEventListener('abort', cancel)
  },
  wake: (words, index) => addon().futexWake(words, index),
}

/** The number that the addon knows a queue's element type by, once all of the header is found in order. */
function kindOf(handle: unknown) {
  try {
    const { type, onFull } = attachQueue(handle, { waiting: futexWaiting })
    if (Object.hasOwn(KIND, type) && onFull === 'block') return KIND[type]
    throw new Error(`queue is of ${type}, ${onFull}; allowed: i32, u32, f32, f64 and the policy block; make it so`)
  } catch (cause) {
    const message = (cause as Error).message.replace('[spsc] [queue-sab] ', '')
    throw new SpscError('ERR_HANDLE', 'queue-native', message, { cause })
  }
}

/**
 * The producer of a `@spsc/queue-sab` ring, worked in C++ with a Node-API call per item. It is there to test a consumer
 * against; a producer that is to be fast is a thread of its own over `spsc/sab_ring.hpp`.
 *
 * @param handle of a queue made with `waiting: futexWaiting`
 * @throws `ERR_HANDLE` · `ERR_CLAIMED` · `ERR_CAPABILITY` without the addon
 */
export function nativeProducer(handle: unknown): ProducerEnd {
  return new NativeProducer(kindOf(handle), new Uint8Array(handle as SharedArrayBuffer))
}

/** The consumer; see {@link nativeProducer}. */
export function nativeConsumer(handle: unknown): ConsumerEnd {
  return new NativeConsumer(kindOf(handle), new Uint8Array(handle as SharedArrayBuffer))
}
