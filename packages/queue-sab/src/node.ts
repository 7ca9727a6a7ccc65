import { Readable, type ReadableOptions, Writable, type WritableOptions } from 'node:stream'
import { QueueError } from './errors.js'
import type { AsyncConsumer, AsyncProducer } from './queue.js'

/**
 * The consumer as a stream of Node: by default of objects, one per item; with `objectMode: false` of bytes, for a queue of
 * `bytes` or `frames`. Destroying it closes the consumer. An item that is `null` destroys it with `ERR_OPTION`.
 *
 * @example
 * import { nodeReadable } from '@spsc/queue-sab/node'
 * await pipeline(nodeReadable(consumer, { objectMode: false }), createWriteStream('log'))
 */
export function nodeReadable<Item>(consumer: AsyncConsumer<Item>, options: ReadableOptions = {}): Readable {
  const abort = new AbortController()
  return new Readable({
    objectMode: true,
    ...options,
    read() {
      const push = (item: Item | undefined): void => {
        if (item === null) this.destroy(nullError())
        // A stream of bytes that is given none doesn't ask again.
        else if (!this.readableObjectMode && (item as { length?: number } | undefined)?.length === 0) this._read(0)
        else this.push(item === undefined ? null : item)
      }
      consumer.popAsync({ signal: abort.signal }).then(push, (error) => this.destroy(error))
    },
    destroy(error, callback) {
      abort.abort()
      consumer.close()
      callback(error)
    },
  })
}

function nullError(): QueueError {
  const message = 'an item is null, which ends a stream of Node; allowed: other values; use readableStream()'
  return new QueueError('ERR_OPTION', message)
}

/**
 * The producer as a stream of Node: by default of objects, one item each; with `objectMode: false` of bytes, a chunk an
 * item, for a queue of `frames`. A write is done when the item is in the queue, which is the backpressure. Ending the
 * stream closes the producer, destroying it with an error fails it.
 *
 * @example
 * import { nodeWritable } from '@spsc/queue-sab/node'
 * await pipeline(createReadStream('log'), nodeWritable(producer, { objectMode: false }))
 */
export function nodeWritable<Item>(producer: AsyncProducer<Item>, options: WritableOptions = {}): Writable {
  const abort = new AbortController()
  return new Writable({
    objectMode: true,
    ...options,
    write(item, _encoding, callback) {
      producer.pushAsync(item, { signal: abort.signal }).then(() => callback(), callback)
    },
    final(callback) {
      producer.close()
      callback()
    },
    destroy(error, callback) {
      abort.abort()
      if (error) producer.fail(error)
      else producer.close()
      callback(error)
    },
  })
}
