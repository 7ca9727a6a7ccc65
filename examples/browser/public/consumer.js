// The consuming thread: takes items to the end of the stream and checks that they come in order.
import { attachQueue } from '/queue-sab/index.js'
import { CONSUMED, OUT_OF_ORDER } from './shared.js'

const BATCH = 256

self.onmessage = ({ data: { handle, shared, spans } }) => {
  const consumer = attachQueue(handle).consumer()
  const words = new Int32Array(shared)
  let next = 0
  let outOfOrder = 0

  function check(item) {
    if (item !== next) outOfOrder++
    next = (item + 1) | 0
  }

  /** Waits, spinning a little and then asleep. `false`: the stream is over. */
  function takeOne() {
    const item = consumer.pop()
    if (item === undefined) return false
    check(item)
    return true
  }

  function popSingly() {
    for (let i = 0; i < BATCH; i++) {
      const item = consumer.tryPop()
      if (item === undefined) return takeOne()
      check(item)
    }
    return true
  }

  function popSpan() {
    if (!consumer.awaitItems()) return false
    const { array, start, end } = consumer.peek(BATCH)
    for (let i = start; i < end; i++) check(array[i])
    consumer.release(end - start)
    return true
  }

  const pop = spans ? popSpan : popSingly
  while (pop()) {
    // Once in a while, not for each item: the page only looks four times a second.
    Atomics.store(words, CONSUMED, next)
    Atomics.store(words, OUT_OF_ORDER, outOfOrder)
  }
  Atomics.store(words, CONSUMED, next)
  self.postMessage('ended')
}
