import { workerData } from 'node:worker_threads'
import { attachMutexQueue, attachQueue } from '@spsc/queue-sab'
import { ITEMS } from './items.js'

// Pushes the items of 1, 2, 3 … or pops them, until it is terminated. Writes into word 0 of `progress` the number of the
// last item that is surely published, or popped, and into word 1 one that came out of order.

const { kind, handle, type, end, progress } = workerData
const { of, number } = ITEMS[type]
const queue = kind === 'mutex' ? attachMutexQueue(handle) : attachQueue(handle, { type: ITEMS[type].type })

if (end === 'producer') {
  const producer = queue.producer()
  for (let n = 1; ; n++) {
    const item = of(n)
    if (n % 8 > 0) producer.push(item)
    else while (!producer.tryPush(item));
    if (n % 3 > 0) continue
    producer.flush?.()
    Atomics.store(progress, 0, n)
  }
} else {
  const consumer = queue.consumer()
  for (let n = 1; ; n++) {
    const popped = number(n % 8 > 0 ? consumer.pop() : spin(() => consumer.tryPop()))
    if (popped !== n) Atomics.store(progress, 1, popped)
    Atomics.store(progress, 0, n)
  }
}

function spin(look) {
  let item = look()
  while (item === undefined) item = look()
  return item
}
