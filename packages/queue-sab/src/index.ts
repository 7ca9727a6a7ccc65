export { sab as default, sabMutex } from './backends.js'
export type { ElementType, ItemOf, ViewOf } from './elements.js'
export { type ErrorCode, QueueError } from './errors.js'
export { attachMutexQueue, createMutexQueue } from './mutex/queue.js'
export type {
  AsyncOptions,
  Consumer,
  Producer,
  Queue,
  QueueOptions,
  QueueState,
  RingConsumer,
  RingProducer,
  RingQueue,
  Span,
} from './queue.js'
export { attachQueue, createQueue, type RingOptions } from './ring/queue.js'
export type { Waiting } from './waiting.js'
