// Writes lines to a file, many at a time when there are many.
import { closeSync, openSync, writeSync } from 'node:fs'
import { workerData } from 'node:worker_threads'
import { attachQueue, frames } from '@spsc/queue-sab'

const consumer = attachQueue(workerData.lines, { type: frames() }).consumer()
const answer = attachQueue(workerData.written).producer()
const file = openSync(workerData.file, 'a')

const block = new Uint8Array(Math.max(1 << 16, consumer.maxBytes))
let written = 0
for (let line = consumer.pop(); line !== undefined; line = consumer.pop()) {
  let used = 0
  for (; line !== undefined; line = consumer.tryPop()) {
    if (used + line.length > block.length) {
      writeSync(file, block, 0, used)
      used = 0
    }
    block.set(line, used)
    used += line.length
    written++
  }
  writeSync(file, block, 0, used)
}
closeSync(file)
answer.push(written)
answer.close()
