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
 * the ring of `createQueue`, but every operation, also `tryPush` and `tryPop`, may sleep until the lock is free.
 *
 * @throws `ERR_OPTION`
 *
 * @example
 * const queue = createMutexQueue({ capacity: 64 })
 */
export function createMutexQueue<Type extends ElementType = 'i32'>({
  capacity,
  type = 'i32' as Type,
}: QueueOptions<Type>): Queue<Type> {
  return queueOver<Type>(allocate('mutex', type, capacity), mutex)
}

/**
 * The same queue in another thread.
 *
 * @param handle the `handle` of a queue made by {@link createMutexQueue}
 * @throws `ERR_HANDLE`
 */
export function attachMutexQueue(handle: unknown): Queue {
  return queueOver(attach('mutex', handle), mutex)
}
