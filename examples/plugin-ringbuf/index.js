import { SpscError } from '@spsc/core'
import { RingBuffer } from 'ringbuf.js'

// The ring is ringbuf.js's own. What it lacks stands in words beside it: who has taken which end, and whether one closed.
const [CAPACITY, CLOSED, PRODUCER, CONSUMER, WORDS] = [0, 1, 2, 3, 4]

class End {
  constructor({ storage, words }, role) {
    if (Atomics.exchange(words, role, 1) === 1) throw new SpscError('ERR_CLAIMED', 'ringbuf', 'this end is taken')
    this.words = words
    this.ring = new RingBuffer(storage, Int32Array)
    // Longer than what is pushed: an array that is pushed whole goes through `set`, which is slower for one item.
    this.one = new Int32Array(2)
  }

  close() {
    Atomics.store(this.words, CLOSED, 1)
  }

  get closed() {
    return Atomics.load(this.words, CLOSED) === 1
  }
}

class Producer extends End {
  tryPush(value) {
    if (this.closed) throw new SpscError('ERR_CLOSED', 'ringbuf', 'push on a closed queue')
    this.one[0] = value
    return this.ring.push(this.one, 1) === 1
  }
}

class Consumer extends End {
  tryPop() {
    return this.ring.pop(this.one, 1) === 1 ? this.one[0] : undefined
  }
}

function attach(handle) {
  const { storage, state } = handle ?? {}
  const shared = storage instanceof SharedArrayBuffer && state instanceof SharedArrayBuffer
  const words = new Int32Array(shared && state.byteLength === 4 * WORDS ? state : WORDS)
  const capacity = words[CAPACITY]
  if (capacity === 0 || new RingBuffer(storage, Int32Array).capacity() !== capacity) {
    throw new SpscError('ERR_HANDLE', 'ringbuf', 'not a handle of this queue')
  }
  const memory = { storage, words }
  const [producer, consumer] = [() => new Producer(memory, PRODUCER), () => new Consumer(memory, CONSUMER)]
  return { capacity, handle, producer, consumer }
}

function create({ capacity }) {
  const storage = RingBuffer.getStorageForCapacity(capacity, Int32Array)
  const state = new SharedArrayBuffer(4 * WORDS)
  new Int32Array(state)[CAPACITY] = capacity
  return attach({ storage, state })
}

/** @type {import('@spsc/core').QueueBackend} */
export default { name: 'ringbuf', module: import.meta.url, supports: {}, create, attach }
