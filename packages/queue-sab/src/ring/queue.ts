import { checkElementType, ELEMENT_TYPES, type ElementType, layoutOf, type NumberType } from '../elements.js'
import { optionError } from '../errors.js'
import { type ItemType, isItemType } from '../item-type.js'
import { allocate, attach, DIED, type End, type Memory, type OnFull, setState } from '../memory.js'
import { type AnyType, type QueueOptions, queueOver, type RingQueue } from '../queue.js'
import { numbers } from '../types/numbers.js'
import type { Waiting } from '../waiting.js'
import { Totals } from './totals.js'
import { CLOSED, close, HEAD, isClosed, SPINS, sizeOf, TAIL } from './words.js'

/** How this thread's end works; the two ends of a queue may differ. */
export interface EndSettings {
  /**
   * `adaptive`, the default: while the consumer is busy with earlier items up to 256 are held back, to be published
   * together, and slots are given back a quarter of the ring at a time. Nothing stays hidden: see `flush`. Queues of
   * less than 64 hold nothing back. `each`: every push is visible at once, and every pop frees its slot at once.
   */
  readonly publish?: 'adaptive' | 'each'
  /** Looks at the other end before a blocking wait sleeps: a whole number from 0; default 1000, about 7 µs. */
  readonly spin?: number
  /**
   * How ends sleep and wake each other: absent, by `Atomics.wait`. Whoever attaches must name the same.
   * `@spsc/queue-native` brings one for queues with an end in C++.
   */
  readonly waiting?: Waiting
}

export interface RingOptions extends EndSettings {
  /**
   * What happens to an item that finds the queue full. `block`, the default: `push` waits and `tryPush` gives `false`.
   * `drop-newest`: it is refused and counted, and nothing waits. `overwrite-oldest`: it takes the place of the oldest,
   * which is counted as overwritten.
   */
  readonly onFull?: OnFull
}

const OWN = { producer: TAIL, consumer: HEAD } as const

function typeNamed(type: AnyType): ItemType<unknown, unknown> {
  if (isItemType(type)) return type
  checkElementType(type, ELEMENT_TYPES, ', or what bytes(), frames(), record(), json() or clone() gives')
  return numbers(type)
}

function isWaiting(waiting: unknown): boolean {
  if (typeof waiting !== 'object' || waiting === null) return false
  const { code, sleep, sleepAsync, wake } = waiting as Record<string, unknown>
  return Number.isInteger(code) && [sleep, sleepAsync, wake].every((method) => typeof method === 'function')
}

function checkSettings({ publish = 'adaptive', spin = SPINS, waiting }: EndSettings): {
  adaptive: boolean
  spin: number
} {
  if (publish !== 'adaptive' && publish !== 'each') throw optionError('publish', publish, 'adaptive, each')
  if (!Number.isInteger(spin) || spin < 0) throw optionError('spin', spin, 'a whole number from 0')
  if (waiting !== undefined && !isWaiting(waiting)) {
    throw optionError('waiting', waiting, 'none, or what another package brings, as futexWaiting of @spsc/queue-native')
  }
  return { adaptive: publish === 'adaptive', spin }
}

function abandon({ words, waiting }: Memory, end: End): void {
  const own = OWN[end]
  if ((Atomics.load(words, own) & CLOSED) !== 0) {
    // It may have died in `close`, before it came to wake the peer.
    waiting.wake(words, own)
    return
  }
  setState(words, end, DIED)
  close(words, own, waiting)
}

function ringOver<Type extends AnyType>(
  memory: Memory,
  name: AnyType,
  type: ItemType<unknown, unknown>,
  settings: ReturnType<typeof checkSettings>,
): RingQueue<Type> {
  const options = { ...settings, waiting: memory.waiting, keepAlive: true }
  const queue = queueOver(memory, {
    producer: () => type.producer(memory, options),
    consumer: () => type.consumer(memory, options),
    size: ({ words, size, slotsPerUnit }) => sizeOf(words, size) / slotsPerUnit,
    closed: ({ words }) => isClosed(words),
    abandon,
  })
  const stats = () => new Totals(memory).read()
  return Object.defineProperties(queue, {
    type: { value: name, enumerable: true },
    onFull: { value: memory.onFull, enumerable: true },
    stats: { value: stats, enumerable: true },
  }) as unknown as RingQueue<Type>
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
export function createQueue<const Type extends AnyType = 'i32'>(
  options: QueueOptions<Type> & RingOptions,
): RingQueue<Type> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, '{ capacity, type }')
  const { type = 'i32' } = options
  const layout = typeNamed(type)
  const settings = checkSettings(options)
  return ringOver<Type>(allocate('ring', layout, options), type, layout, settings)
}

export interface AttachOptions<Type extends AnyType> extends EndSettings {
  /** The type that the queue was made with. Of numbers the handle tells it; for other items it must be given. */
  readonly type?: Type
}

/**
 * The same queue in another thread.
 *
 * @param handle the `handle` of a queue made by {@link createQueue}
 * @throws `ERR_HANDLE`, also where the queue's items are of another type · `ERR_OPTION`
 *
 * @example
 * parentPort.once('message', (handle) => {
 *   const consumer = attachQueue(handle).consumer()
 *   consumer.pop(1000) // 42
 * })
 */
export function attachQueue<const Type extends AnyType = NumberType>(
  handle: unknown,
  options: AttachOptions<Type> = {},
): RingQueue<Type> {
  if (typeof options !== 'object' || options === null) throw optionError('options', options, '{ type }')
  const { type, waiting } = options
  const settings = checkSettings(options)
  const layouts = type === undefined ? ELEMENT_TYPES.map(layoutOf) : [typeNamed(type)]
  const { memory, layout } = attach('ring', layouts, handle, waiting)
  const name = type ?? (layout.name as ElementType)
  return ringOver<Type>(memory, name, typeNamed(name), settings)
}
