import { checkElementType, ELEMENTS, layoutOf, type NumberType } from '../elements.js'
import { optionError } from '../errors.js'
import { allocate, attach, type Memory, slotsOf } from '../memory.js'
import { type Queue, type QueueOptions, queueOver } from '../queue.js'
import { MutexConsumer } from './consumer.js'
import { MutexProducer } from './producer.js'
import { abandon, isClosed, type Slots, sizeOf } from './words.js'

const NUMBERS: readonly NumberType[] = ['i32', 'f64', 'u32', 'f32']

function mutexOver<Type extends NumberType>(memory: Memory, type: Type): Queue<Type> {
  const slots = slotsOf<Slots>(memory, ELEMENTS[type].View)
  const queue = queueOver(memory, {
    producer: () => new MutexProducer(memory, slots),
    consumer: () => new MutexConsumer(memory, slots),
    size: ({ words }) => sizeOf(words),
    closed: ({ words }) => isClosed(words),
    abandon: ({ words }, end) => abandon(words, end),
  })
  return Object.defineProperty(queue, 'type', { value: type, enumerable: true }) as unknown as Queue<Type>
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
export function createMutexQueue<Type extends NumberType = 'i32'>(options: QueueOptions<Type>): Queue<Type> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, '{ capacity, type }')
  const { capacity, type = 'i32' as Type } = options
  // A number and a bigint do not convert into each other, and nothing may throw with the lock held.
  checkElementType(type, NUMBERS)
  return mutexOver(allocate('mutex', layoutOf(type), { capacity }), type)
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
  const { memory, layout } = attach('mutex', NUMBERS.map(layoutOf), handle)
  return mutexOver(memory, layout.name as NumberType)
}
