import { SpscError } from '@spsc/core'

// Lamport's ring: one slot is always left empty, so that head = tail means empty and nothing else needs counting.
// CAPACITY | HEAD | TAIL | CLOSED | PRODUCER | CONSUMER | slots ...
const [CAPACITY, HEAD, TAIL, CLOSED, PRODUCER, CONSUMER, SLOTS] = [0, 1, 2, 3, 4, 5, 6]

class End {
  constructor(words, role) {
    if (Atomics.exchange(words, role, 1) === 1) throw new SpscError('ERR_CLAIMED', 'lamport', 'this end is taken')
    this.words = words
    this.size = words.length - SLOTS
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
    if (this.closed) throw new SpscError('ERR_CLOSED', 'lamport', 'push on a closed queue')
    const tail = this.words[TAIL] // only this end writes it
    const next = (tail + 1) % this.size
    if (next === Atomics.load(this.words, HEAD)) return false
    this.words[SLOTS + tail] = value
    Atomics.store(this.words, TAIL, next) // publishes the slot
    return true
  }
}

class Consumer extends End {
  tryPop() {
    const head = this.words[HEAD]
    if (head === Atomics.load(this.words, TAIL)) return undefined
    const value = this.words[SLOTS + head]
    Atomics.store(this.words, HEAD, (head + 1) % this.size) // gives the slot back
    return value
  }
}

function attach(handle) {
  const words = handle instanceof SharedArrayBuffer ? new Int32Array(handle) : []
  const capacity = words.length - SLOTS - 1
  if (words[CAPACITY] !== capacity) throw new SpscError('ERR_HANDLE', 'lamport', 'not a handle of this queue')
  const [producer, consumer] = [() => new Producer(words, PRODUCER), () => new Consumer(words, CONSUMER)]
  return { capacity, handle, producer, consumer }
}

function create({ capacity }) {
  const handle = new SharedArrayBuffer(4 * (SLOTS + capacity + 1))
  new Int32Array(handle)[CAPACITY] = capacity
  return attach(handle)
}

/** @type {import('@spsc/core').QueueBackend} */
export default { name: 'lamport', module: import.meta.url, supports: {}, create, attach }
