import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { attachQueue, createQueue } from '@spsc/queue-sab'

if (isMainThread) {
  const queue = createQueue({ capacity: 1024, type: 'i32' })
  new Worker(new URL(import.meta.url), { workerData: queue.handle })
  const producer = queue.producer()
  for (let item = 1; item <= 10_000; item++) producer.push(item)
  producer.close()
} else {
  const consumer = attachQueue(workerData).consumer()
  let sum = 0
  for (let item = consumer.pop(); item !== undefined; item = consumer.pop()) sum += item
  console.log(`the other thread sent a total of ${sum}`)
}
