import type { NumberType } from './elements.js'
import { optionError } from './errors.js'
import type { AnyType, ConsumerOf, ProducerOf, QueueOptions, RingQueue } from './queue.js'
import { type AttachOptions, attachQueue, createQueue, type RingOptions } from './ring/queue.js'

/** The two rings of a duplex, structured-cloneable. */
export interface DuplexHandle {
  readonly there: SharedArrayBuffer
  readonly back: SharedArrayBuffer
}

/** One side of a connection: what it pushes, the other side pops. */
export interface Duplex<Type extends AnyType> {
  readonly handle: DuplexHandle
  readonly producer: ProducerOf<Type>
  readonly consumer: ConsumerOf<Type>
  /** Closes both ends of this side. Idempotent. */
  close(): void
  /** Says that the thread of the other side is gone: see `abandon` of a queue. */
  abandon(): void
}

function side<Type extends AnyType>(handle: DuplexHandle, out: RingQueue<Type>, into: RingQueue<Type>): Duplex<Type> {
  const producer = out.producer()
  const consumer = into.consumer()
  const ends = [producer, consumer] as { close(): void }[]
  return {
    handle,
    producer,
    consumer,
    close() {
      for (const end of ends) end.close()
    },
    abandon() {
      out.abandon('consumer')
      into.abandon('producer')
    },
  }
}

/**
 * Two queues, one in each direction, and this thread's side of them.
 *
 * @throws as `createQueue`
 *
 * @example
 * const duplex = createDuplex({ capacity: 65536, type: json() })
 * worker.postMessage(duplex.handle) // where attachDuplex(handle, { type: json() }) gives the other side
 * duplex.producer.tryPush({ question: 42 })
 * const answer = await duplex.consumer.popAsync()
 */
export function createDuplex<const Type extends AnyType = 'i32'>(
  options: QueueOptions<Type> & RingOptions,
): Duplex<Type> {
  const [there, back] = [createQueue(options), createQueue(options)]
  return side({ there: there.handle, back: back.handle }, there, back)
}

/**
 * The other side, in another thread. It can be had once.
 *
 * @throws as `attachQueue` · `ERR_CLAIMED` where it is taken
 */
export function attachDuplex<const Type extends AnyType = NumberType>(
  handle: unknown,
  options: AttachOptions<Type> = {},
): Duplex<Type> {
  if (typeof handle !== 'object' || handle === null) throw optionError('handle', handle, 'the `handle` of a duplex')
  const { there, back } = handle as DuplexHandle
  return side({ there, back }, attachQueue(back, options), attachQueue(there, options))
}
