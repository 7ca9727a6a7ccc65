import type { ElementType } from '../elements.js'
import { allocate, attach, type Memory } from '../memory.js'
import { type Queue, type QueueOptions, queueOver } from '../queue.js'
import { MutexConsumer } from './consumer.js'
import { MutexProducer } from './producer.js'
import { isClosed, sizeOf } from './words.js'

const mutex = {
  Producer: MutexProducer,
  Consumer: MutexConsumer,
  size: ({ words }: Memory<unknown>) => sizeOf(words),
  closed: ({ words }: Memory<unknown>) => isClosed(words),
}

/**
 * Makes the queue that others are compared with: a lock and two condition variables in shared memory. It is used like
 * the ring of `createQueue`, but every operation except `closed` and `ended`, so also `tryPush`, `tryPop`, `size` and
 * `close`, may sleep until the lock is free. Where the thread may not block they throw `ERR_CAPABILITY` then.
 *
 * @throws `ERR_OPTION` · `ERR_CAPABILITY` where there is no SharedArrayBuffer or not that much memory
 *
 * @example
 * const queue = createMutexQueue({ capacity: 64 })
 */
export function createMutexQueue<Type extends ElementType = 'i32'>(options: QueueOptions<Type>): Queue<Type> {
  return queueOver<Type>(allocate('mutex', options), mutex)
}

/**
 * The queue of {@link createMutexQueue} in another thread; a handle of `createQueue` is refused.
 *
 * @param handle the `handle` of a queue made by {@link createMutexQueue}
 * @throws `ERR_HANDLE`
 *
 * @example
 * attachMutexQueue(handle).consumer().pop(1000)
 */
export function attachMutexQueue(handle: unknown): Queue {
  return queueOver(attach('mutex', handle), mutex)
}
