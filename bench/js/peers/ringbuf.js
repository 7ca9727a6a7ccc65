import { RingBuffer } from 'ringbuf.js'
import { answering, asking, popping, poppingBlocks, pushing, pushingBlocks, spinning } from '../lib/loops.js'
import { Message } from '../lib/message.js'

const i32Ring = {
  create: ({ capacity }) => RingBuffer.getStorageForCapacity(capacity, Int32Array),
}

function tryPush(ring) {
  // Longer than what is pushed: an array that is pushed whole goes through `set`, which costs 15 % more for one item.
  const one = new Int32Array(2)
  return (item) => {
    one[0] = item
    return ring.push(one, 1) === 1
  }
}

function tryPop(ring) {
  const one = new Int32Array(1)
  return () => (ring.pop(one) === 1 ? one[0] : undefined)
}

const blockConsumer = ({ handle, size }) => {
  const ring = new RingBuffer(handle, Int32Array)
  const block = new Int32Array(size)
  return poppingBlocks(block, () => ring.pop(block))
}

/** `push` copies by `set` where an array is pushed whole, so it waits for room for all of it. */
const pushedBlocks = {
  ...i32Ring,
  producer: ({ handle, size }) => {
    const ring = new RingBuffer(handle, Int32Array)
    const block = new Int32Array(size)
    return pushingBlocks(size, (from, to) => {
      const count = to - from
      if (ring.available_write() < count) return 0
      for (let at = 0; at < count; at++) block[at] = from + at
      return ring.push(block, count)
    })
  },
  consumer: blockConsumer,
}

const blocksInPlace = {
  ...i32Ring,
  producer: ({ handle, size }) => {
    const ring = new RingBuffer(handle, Int32Array)
    let next = 0
    const write = (storage, first, firstCount, second, secondCount) => {
      for (let at = first; at < first + firstCount; at++) storage[at] = next++
      for (let at = second; at < second + secondCount; at++) storage[at] = next++
    }
    return pushingBlocks(size, (from, to) => {
      next = from
      return ring.writeCallbackWithOffset(to - from, write)
    })
  },
  consumer: blockConsumer,
}

/** Whole messages in a ring of bytes, or of the words they consist of. */
const messages = (Type, part) => ({
  create: ({ capacity, size }) => RingBuffer.getStorageForCapacity((capacity * size) / Type.BYTES_PER_ELEMENT, Type),
  producer: ({ handle, size }) => {
    const ring = new RingBuffer(handle, Type)
    const message = new Message(size)
    const elements = message[part]
    return pushing((item) => {
      if (ring.available_write() < elements.length) return false
      message.item = item
      ring.push(elements)
      return true
    })
  },
  consumer: ({ handle, size }) => {
    const ring = new RingBuffer(handle, Type)
    const message = new Message(size)
    const elements = message[part]
    return popping(() => {
      if (ring.available_read() < elements.length) return undefined
      ring.pop(elements)
      return message.item
    })
  },
})

const rings = ({ handle }) => handle.map((storage) => new RingBuffer(storage, Int32Array))

export default {
  name: 'ringbuf.js',
  workloads: {
    singles: {
      '': {
        ...i32Ring,
        producer: ({ handle }) => pushing(tryPush(new RingBuffer(handle, Int32Array))),
        consumer: ({ handle }) => popping(tryPop(new RingBuffer(handle, Int32Array))),
      },
    },
    blocks: { 'push, pop': pushedBlocks, 'writeCallbackWithOffset, pop': blocksInPlace },
    bytes: { Uint8Array: messages(Uint8Array, 'bytes'), Int32Array: messages(Int32Array, 'words') },
    'round-trip-spinning': {
      '': {
        create: (setup) => [i32Ring.create(setup), i32Ring.create(setup)],
        client: (setup) => {
          const [there, back] = rings(setup)
          return asking(tryPush(there), spinning(tryPop(back)))
        },
        server: (setup) => {
          const [there, back] = rings(setup)
          return answering(spinning(tryPop(there)), tryPush(back))
        },
      },
    },
  },
}
