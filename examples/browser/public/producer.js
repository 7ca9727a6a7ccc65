// The producing thread. Items are 0, 1, 2 …, so that the other thread can check them.
// With a bundler, import from '@spsc/queue-sab'.
import { attachQueue } from '/queue-sab/index.js'
import { STOP } from './shared.js'

const BATCH = 256

/** One call per item. */
function pushSingly(producer, item) {
  // tryPush is the fast path; push waits, spinning a little and then asleep, until there is room.
  for (let i = 0; i < BATCH; i++, item++) if (!producer.tryPush(item)) producer.push(item)
  return item
}

/** Items are written in the queue's own memory, then made visible all at once. */
function pushSpan(producer, item) {
  producer.awaitRoom()
  const { array, start, end } = producer.reserve(BATCH)
  for (let i = start; i < end; i++) array[i] = item++
  producer.commit(end - start)
  return item
}

self.onmessage = ({ data: { handle, shared, spans } }) => {
  const producer = attachQueue(handle).producer()
  const words = new Int32Array(shared)
  const push = spans ? pushSpan : pushSingly
  let item = 0
  while (Atomics.load(words, STOP) === 0) item = push(producer, item) | 0
  producer.close()
}
