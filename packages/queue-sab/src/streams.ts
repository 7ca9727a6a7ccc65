import type { AsyncConsumer, AsyncProducer } from './queue.js'

/**
 * The consumer as a web stream. Items are taken as they are asked for; cancelling the stream closes the consumer.
 *
 * @example
 * await readableStream(consumer).pipeTo(destination)
 */
export function readableStream<Item>(consumer: AsyncConsumer<Item>): ReadableStream<Item> {
  const abort = new AbortController()
  return new ReadableStream<Item>(
    {
      async pull(controller) {
        const item = await consumer.popAsync({ signal: abort.signal })
        if (item === undefined) controller.close()
        else controller.enqueue(item)
      },
      cancel(reason) {
        abort.abort(reason)
        consumer.close()
      },
    },
    // The queue is the buffer.
    { highWaterMark: 0 },
  )
}

/**
 * The producer as a web stream. A write is done when the item is in the queue, which is the backpressure; closing the
 * stream closes the producer, aborting it fails it.
 *
 * @example
 * await source.pipeTo(writableStream(producer))
 */
export function writableStream<Item>(producer: AsyncProducer<Item>): WritableStream<Item> {
  return new WritableStream<Item>({
    async write(item, controller) {
      // @types/node doesn't have it: https://streams.spec.whatwg.org/#ws-default-controller-signal
      const { signal } = controller as unknown as { signal: AbortSignal }
      await producer.pushAsync(item, { signal })
    },
    close() {
      producer.close()
    },
    abort(reason) {
      producer.fail(reason)
    },
  })
}
