import { SpscError } from '@spsc/core'

// Lamport's ring: one slot is always left empty, so that head = tail means empty and nothing else needs counting.
// CAPACITY | HEAD | TAIL | CLOSED | PRODUCER | CONSUMER | slots ...
const [CAPACITY, HEAD, TAIL, CLOSED, PRODUCER, CONSUMER, SLOTS] = [0, 1, 2, 3, 4, 5, 6]

function attach(handle) {
  const words = handle instanceof SharedArrayBuffer ? new Int32Array(handle) : []
  const size = words.length - SLOTS
  if (words[CAPACITY] !== size - 1) throw new SpscError('ERR_HANDLE', 'lamport', 'not a handle of this queue')

  const end = (role, verbs) => () => {
    if (Atomics.exchange(words, role, 1) === 1) throw new SpscError('ERR_CLAIMED', 'lamport', 'this end is taken')
    const close = () => Atomics.store(words, CLOSED, 1)
    return Object.defineProperty({ ...verbs, close }, 'closed', { get: () => Atomics.load(words, CLOSED) === 1 })
  }
  const tryPush = (value) => {
    if (Atomics.load(words, CLOSED) === 1) throw new SpscError('ERR_CLOSED', 'lamport', 'push on a closed queue')
    const tail = words[TAIL] // only this end writes it
    const next = (tail + 1) % size
    if (next === Atomics.load(words, HEAD)) return false
    words[SLOTS + tail] = value
    Atomics.store(words, TAIL, next) // publishes the slot
    return true
  }
  const tryPop = () => {
    const head = words[HEAD]
    if (head === Atomics.load(words, TAIL)) return undefined
    const value = words[SLOTS + head]
    Atomics.store(words, HEAD, (head + 1) % size) // gives the slot back
    return value
  }
  return { capacity: size - 1, handle, producer: end(PRODUCER, { tryPush }), consumer: end(CONSUMER, { tryPop }) }
}

function create({ capacity }) {
  const handle = new SharedArrayBuffer(4 * (SLOTS + capacity + 1))
  new Int32Array(handle)[CAPACITY] = capacity
  return attach(handle)
}

/** @type {import('@spsc/core').QueueBackend} */
export default { name: 'lamport', module: import.meta.url, supports: {}, create, attach }
