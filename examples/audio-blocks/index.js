// node index.js [seconds]
//
//   microphone.js  -- blocks of 128 frames, where they lie -->  this thread, which plays them: to a level meter
//
// Each end keeps its own time and waits for nobody: a block that finds no room is dropped, one that is not there when it
// should be played is an underrun, and silence.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { createQueue } from '@spsc/queue-sab'
import { every } from './clock.js'

const FRAMES = 128
const RATE = 48_000
const seconds = Number(process.argv[2] ?? 1)
if (!(seconds > 0 && seconds <= 3600)) throw new Error('seconds: a number up to 3600')
const blocks = Math.ceil((seconds * RATE) / FRAMES)

// Room for 8 blocks, 21 ms. It is a multiple of the block, so none is cut in two by the end of the memory.
const queue = createQueue({ capacity: 8 * FRAMES, type: 'f32' })
const workerData = { handle: queue.handle, blocks, frames: FRAMES, rate: RATE }
const microphone = new Worker(new URL('./microphone.js', import.meta.url), { workerData })
const report = once(microphone, 'message')

const consumer = queue.consumer()
const untilNext = every((1000 * FRAMES) / RATE)
let played = 0
let underruns = 0
let sum = 0
let squares = 0
// The stream begins when the other thread has come up.
while (consumer.size === 0 && !consumer.ended) untilNext()
while (!consumer.ended) {
  untilNext()
  if (played === Math.floor(blocks / 3)) for (let missed = 0; missed < 20; missed++) untilNext()
  const { array, start, end } = consumer.peek(FRAMES)
  if (start === end) {
    underruns++
    continue
  }
  for (let i = start; i < end; i++) {
    sum += array[i]
    squares += array[i] ** 2
  }
  consumer.release(FRAMES)
  played++
}

const [captured] = await report
if (played + captured.dropped !== blocks) throw new Error('blocks were lost')
if (sum !== captured.sum) throw new Error('blocks were damaged')
const level = 10 * Math.log10(squares / (played * FRAMES))
console.log(`${blocks} blocks: ${played} played, ${captured.dropped} dropped; ${underruns} underruns`)
console.log(`level ${level.toFixed(1)} dBFS, the same sum of frames at both ends`)
