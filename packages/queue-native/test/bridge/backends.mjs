// One queue-sab ring with its ends in two languages, as backends that the conformance suite can drive. Plain JavaScript:
// tsx does not reach worker threads on Node 20.
import { futexWaiting, nativeConsumer, nativeProducer } from '@spsc/queue-native'
import { attachQueue, createQueue } from '@spsc/queue-sab'

function bridge(name, { producer, consumer }) {
  const over = (queue) => ({
    handle: queue.handle,
    capacity: queue.capacity,
    producer: () => (producer === 'C++' ? nativeProducer(queue.handle) : queue.producer()),
    consumer: () => (consumer === 'C++' ? nativeConsumer(queue.handle) : queue.consumer()),
  })
  return {
    name,
    module: import.meta.url,
    supports: { block: true },
    create: ({ capacity }) => over(createQueue({ capacity, waiting: futexWaiting })),
    attach: (handle) => over(attachQueue(handle, { waiting: futexWaiting })),
  }
}

export const toJavaScript = bridge('C++ to JavaScript', { producer: 'C++', consumer: 'JavaScript' })
export const fromJavaScript = bridge('JavaScript to C++', { producer: 'JavaScript', consumer: 'C++' })
export const withinNative = bridge('C++ to C++', { producer: 'C++', consumer: 'C++' })
export const withinJavaScript = bridge('JavaScript to JavaScript, by futex', {
  producer: 'JavaScript',
  consumer: 'JavaScript',
})
