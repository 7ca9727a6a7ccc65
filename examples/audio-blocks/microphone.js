// Captures a block at each of its times. It can't wait: what finds the queue full is dropped.
import { parentPort, workerData } from 'node:worker_threads'
import { attachQueue } from '@spsc/queue-sab'
import { every } from './clock.js'

const { handle, blocks, frames, rate } = workerData
const producer = attachQueue(handle).producer()
const untilNext = every((1000 * frames) / rate)

let dropped = 0
let sum = 0
for (let block = 0; block < blocks; block++) {
  untilNext()
  // A thread may be held up at any time. Here it is for certain: the other end runs out of blocks.
  if (block === Math.floor((2 * blocks) / 3)) for (let missed = 0; missed < 20; missed++) untilNext()
  const { array, start, end } = producer.reserve(frames)
  if (end - start < frames) {
    dropped++
    continue
  }
  for (let i = start, frame = block * frames; i < end; i++, frame++) {
    array[i] = 0.5 * Math.sin((2 * Math.PI * 440 * frame) / rate)
    sum += array[i]
  }
  producer.commit(frames)
}
producer.close()
parentPort.postMessage({ dropped, sum })
