// node index.js [samples]
//   capture    a thread in C++  -- spans of 256 samples -->  JavaScript
//   play       JavaScript       -- spans of 256 samples -->  a thread in C++
// Sleeping and waking go through @spsc/queue-native; samples go through nothing but shared memory.
import { createRequire } from 'node:module'
import { futexWaiting } from '@spsc/queue-native'
import { createQueue } from '@spsc/queue-sab'
import { build } from './build.js'

const CAPACITY = 8192
const SPAN = 256

const device = createRequire(import.meta.url)(build())
const samples = Number(process.argv[2] ?? 200_000_000)
if (!Number.isSafeInteger(samples) || samples < 1) throw new Error('samples: a whole number from 1')

const newQueue = () => createQueue({ capacity: CAPACITY, type: 'i32', waiting: futexWaiting })

function report(what, begin, theirs, ours) {
  const seconds = (performance.now() - begin) / 1000
  if (theirs.samples !== ours.samples || theirs.sum !== ours.sum) throw new Error(`${what}: samples were lost`)
  console.log(`${what}: ${(ours.samples / seconds / 1e6).toFixed(0)} M samples/s, sum ${ours.sum} at both ends`)
}

{
  const queue = newQueue()
  const consumer = queue.consumer()
  const begin = performance.now()
  const thread = device.start(new Uint8Array(queue.handle), samples)
  let sum = 0
  let count = 0
  while (!consumer.ended) {
    const { array, start, end } = consumer.peek(SPAN)
    if (start === end) {
      // Nothing there: sleep until there is one sample, which pop takes out.
      const sample = consumer.pop()
      if (sample === undefined) break
      sum += sample
      count++
      continue
    }
    for (let i = start; i < end; i++) sum += array[i]
    count += end - start
    consumer.release(end - start)
  }
  report('capture', begin, device.join(thread), { samples: count, sum })
}

{
  const queue = newQueue()
  const producer = queue.producer()
  const begin = performance.now()
  const thread = device.start(new Uint8Array(queue.handle))
  let sum = 0
  for (let next = 0; next < samples; ) {
    const { array, start, end } = producer.reserve(Math.min(SPAN, samples - next))
    if (start === end) {
      // Full: sleep until one more sample has gone in.
      const sample = next++ & 0x7fff
      producer.push(sample)
      sum += sample
      continue
    }
    for (let i = start; i < end; i++, next++) sum += array[i] = next & 0x7fff
    producer.commit(end - start)
  }
  producer.close()
  report('play', begin, device.join(thread), { samples, sum })
}
