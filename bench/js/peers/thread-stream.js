import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import ThreadStream from 'thread-stream'
import { writeDigits } from '../lib/text.js'

const filename = fileURLToPath(new URL('./hosted/thread-stream.js', import.meta.url))

async function open({ size, hosted }, sync) {
  const stream = new ThreadStream({ filename, sync, workerData: { size, hosted } })
  await once(stream, 'ready')
  return stream
}

function stamp(message, item) {
  writeDigits(message, 0, item)
  writeDigits(message, message.length - 8, item)
}

/** Every write goes into shared memory at once, and blocks where that is full. */
const sync = {
  producer: async (setup) => {
    const stream = await open(setup, true)
    const message = Buffer.alloc(setup.size, '.')
    return (from, to) => {
      for (let item = from; item < to; item++) {
        stamp(message, item)
        stream.write(message)
      }
    }
  },
}

/** Writes are kept, so each needs a buffer of its own, and go into shared memory together on the next turn. */
const buffered = {
  producer: async (setup) => {
    const stream = await open(setup, false)
    const template = Buffer.alloc(setup.size, '.')
    return async (from, to) => {
      for (let item = from; item < to; item++) {
        const message = Buffer.from(template)
        stamp(message, item)
        if (!stream.write(message)) await once(stream, 'drain')
      }
      stream.flushSync()
    }
  },
}

export default {
  name: 'thread-stream',
  workloads: { bytes: { sync, buffered } },
}
