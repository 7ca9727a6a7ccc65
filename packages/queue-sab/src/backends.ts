import { attachMutexQueue, createMutexQueue } from './mutex/queue.js'
import { attachQueue, createQueue } from './ring/queue.js'

// Plain objects of the shape `QueueBackend` in @spsc/core, which is not imported: the package stands alone.
// `module` is a getter, since esbuild takes a bare import.meta.url for a side effect and would keep both queues.

/** The lock-free ring, for `--queue sab`. */
export const sab = {
  name: 'sab',
  get module() {
    return import.meta.url
  },
  supports: { block: true, async: true },
  create: ({ capacity }: { readonly capacity: number }) => createQueue({ capacity }),
  attach: (handle: unknown) => attachQueue(handle),
}

/** The lock with two condition variables, for `--queue sab-mutex`. */
export const sabMutex = {
  name: 'sab-mutex',
  get module() {
    return import.meta.url
  },
  supports: { block: true },
  create: ({ capacity }: { readonly capacity: number }) => createMutexQueue({ capacity }),
  attach: attachMutexQueue,
}
