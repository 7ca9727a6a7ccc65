export { sab as default, sabMutex } from './backends.js'
export { attachDuplex, createDuplex, type Duplex, type DuplexHandle } from './duplex.js'
export type { ElementType, ItemOf, NumberType, ViewOf } from './elements.js'
export { type ErrorCode, QueueError } from './errors.js'
export type { ItemType } from './item-type.js'
export type { End, OnFull } from './memory.js'
export { attachMutexQueue, createMutexQueue } from './mutex/queue.js'
export type {
  AnyType,
  AsyncConsumer,
  AsyncOptions,
  AsyncProducer,
  Consumer,
  ConsumerOf,
  ExitSource,
  Producer,
  ProducerOf,
  Queue,
  QueueOptions,
  QueueState,
  RingConsumer,
  RingProducer,
  RingQueue,
  Span,
  SpanConsumer,
  SpanProducer,
} from './queue.js'
export { type AttachOptions, attachQueue, createQueue, type EndSettings, type RingOptions } from './ring/queue.js'
export type { Stats } from './ring/totals.js'
export { readableStream, writableStream } from './streams.js'
export { type BytesConsumer, type BytesProducer, bytes } from './types/bytes.js'
export { clone } from './types/clone.js'
export type { FieldType } from './types/fields.js'
export { type FramesConsumer, type FramesProducer, frames } from './types/frames.js'
export { json } from './types/json.js'
export { type RecordConsumer, type RecordOf, type RecordProducer, record, type Schema } from './types/record.js'
export type { Waiting } from './waiting.js'
