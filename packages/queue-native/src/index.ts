import { type PipelineSetup, type Queue, type QueueBackend, type QueueOptions, SpscError } from '@spsc/core'
import { addon, KIND, type Kind } from './addon.js'
import { drive } from './drive.js'
import { NativeConsumer, NativeProducer } from './ends.js'

export { allowedCpus, pinThread } from './affinity.js'

export { futexWaiting, nativeConsumer, nativeProducer } from './sab-ring.js'

const MAX_CAPACITY = 2 ** 28

/** The queue that lives in a SharedArrayBuffer, its header written by the addon. */
function queueIn(kind: Kind, handle: SharedArrayBuffer): Queue {
  const buffer = new Uint8Array(handle)
  const capacity = addon().ringAttach(kind, buffer)
  return {
    handle,
    capacity,
    producer: () => new NativeProducer(kind, buffer),
    consumer: () => new NativeConsumer(kind, buffer),
  }
}

function backend(name: string, kind: Kind): QueueBackend {
  return {
    name,
    module: import.meta.url,
    supports: { block: true, pin: true, itemBytes: true, faults: true },
    create({ capacity }: QueueOptions): Queue {
      if (!Number.isInteger(capacity) || capacity < 1 || capacity > MAX_CAPACITY) {
        const found = typeof capacity === 'number' ? capacity : `of type ${typeof capacity}`
        throw new SpscError(
          'ERR_OPTION',
          'queue-native',
          `capacity is ${found}; allowed: an integer from 1 to ${MAX_CAPACITY}`,
        )
      }
      const handle = new SharedArrayBuffer(addon().ringBytes(kind, capacity))
      addon().ringInit(kind, new Uint8Array(handle), capacity)
      return queueIn(kind, handle)
    },
    attach(handle: unknown): Queue {
      if (handle instanceof SharedArrayBuffer) return queueIn(kind, handle)
      throw new SpscError(
        'ERR_HANDLE',
        'queue-native',
        'the handle is no SharedArrayBuffer; pass the `handle` of a queue',
      )
    },
    drive: (setup: PipelineSetup) => drive(kind, setup),
  }
}

/** The lock-free line ring between two pthreads, for `--queue native`. */
export const native = backend('native', KIND.native)

/** A pthread mutex and two condition variables, as the seed began, for `--queue mutex`. */
export const mutex = backend('mutex', KIND.mutex)

export default native
