import type { ElementType } from '../elements.js'
import { allocate, attach, type Memory } from '../memory.js'
import { type QueueOptions, queueOver, type RingQueue } from '../queue.js'
import type { Waiting } from '../waiting.js'
import { RingConsumer } from './consumer.js'
import { RingProducer } from './producer.js'
import { isClosed, sizeOf } from './words.js'

const ring = {
  Producer: RingProducer,
  Consumer: RingConsumer,
  size: ({ words, capacity }: Memory<unknown>) => sizeOf(words, capacity),
  closed: ({ words }: Memory<unknown>) => isClosed(words),
}

export interface RingOptions {
  /**
   * How ends sleep and wake each other: absent, by `Atomics.wait`. Whoever attaches must name the same.
   * `@spsc/queue-native` brings one for queues with an end in C++.
   */
  readonly waiting?: Waiting
}

/**
 * Makes a lock-free queue in shared memory.
 *
 * @throws `ERR_OPTION` · `ERR_CAPABILITY` where there is no SharedArrayBuffer or not that much memory
 *
 * @example
 * const queue = createQueue({ capacity: 1024, type: 'i32' })
 * worker.postMessage(queue.handle)
 * queue.producer().tryPush(42) // true
 */
export function createQueue<Type extends ElementType = 'i32'>(
  options: QueueOptions<Type> & RingOptions,
): RingQueue<Type> {
  return queueOver<Type>(allocate('ring', options, options?.waiting), ring) as RingQueue<Type>
}

/**
 * The same queue in another thread.
 *
 * @param handle the `handle` of a queue made by {@link createQueue}
 * @throws `ERR_HANDLE`
 *
 * @example
 * parentPort.once('message', (handle) => {
 *   const consumer = attachQueue(handle).consumer()
 *   consumer.pop(1000) // 42
 * })
 */
export function attachQueue(handle: unknown, { waiting }: RingOptions = {}): RingQueue {
  return queueOver(attach('ring', handle, waiting), ring) as RingQueue
}
