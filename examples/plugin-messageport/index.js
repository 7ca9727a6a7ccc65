import { MessageChannel, receiveMessageOnPort } from 'node:worker_threads'
import { SpscError } from '@spsc/core'

// An item is a message. A port takes any number of them, so the capacity is kept beside it, in shared words:
//
//   producer                           consumer
//   pushed - POPPED < CAPACITY  -item->  counts it in POPPED
//   WANTED = 1, waits           <-room-  finds WANTED at its next pop
//
// A port can't be copied, only transferred: `handle` has the words alone, what `transfer` gives has one end's port too.
const [CAPACITY, POPPED, WANTED, CLOSED, PRODUCER, CONSUMER, WORDS] = [0, 1, 2, 3, 4, 5, 6]

/** A timer waits no longer; 24 days are as good as for ever. */
const MAX_TIMER_MS = 2 ** 31 - 1

class End {
  constructor(words, port) {
    this.words = words
    this.port = port
    this.wake = () => {}
    // The other end's close(), or the end of its thread.
    port.on('close', () => {
      Atomics.store(words, CLOSED, 1)
      // Later, since receiveMessageOnPort crashes Node 20 while this event is handled.
      setImmediate(() => this.wake())
    })
  }

  close() {
    Atomics.store(this.words, CLOSED, 1)
    this.port.close()
  }

  get closed() {
    return Atomics.load(this.words, CLOSED) === 1
  }

  /** Listens for one message. `undefined`: timed out, aborted, or the other end is gone. */
  async receive(timeoutMs, signal) {
    const message = new Promise((resolve) => {
      this.wake = () => {
        this.port.off('message', resolve)
        resolve()
      }
      this.port.once('message', resolve)
    })
    if (timeoutMs > MAX_TIMER_MS && signal === undefined) return message
    const timer = timeoutMs > MAX_TIMER_MS ? undefined : setTimeout(this.wake, timeoutMs)
    signal?.addEventListener('abort', this.wake)
    try {
      return await message
    } finally {
      clearTimeout(timer)
      signal?.removeEventListener('abort', this.wake)
    }
  }
}

class Producer extends End {
  pushed = 0

  tryPush(value) {
    if (this.closed) throw new SpscError('ERR_CLOSED', 'messageport', 'push on a closed queue')
    if (((this.pushed - Atomics.load(this.words, POPPED)) | 0) === this.words[CAPACITY]) return false
    this.port.postMessage(value)
    this.pushed = (this.pushed + 1) | 0
    return true
  }

  async pushAsync(value, { timeoutMs = Number.POSITIVE_INFINITY, signal } = {}) {
    checkTimeout(timeoutMs)
    const deadline = performance.now() + timeoutMs
    for (;;) {
      signal?.throwIfAborted()
      if (this.tryPush(value)) return true
      receiveMessageOnPort(this.port) // an answer that came too late for the last wait
      // Asked, then looked again: what the consumer pops before it sees the question, this look sees.
      Atomics.store(this.words, WANTED, 1)
      if (this.tryPush(value)) return true
      const leftMs = deadline - performance.now()
      if (leftMs <= 0) return false
      await this.receive(leftMs, signal)
    }
  }
}

class Consumer extends End {
  popped = 0

  tryPop() {
    const received = receiveMessageOnPort(this.port)
    return received === undefined ? undefined : this.take(received.message)
  }

  async popAsync({ timeoutMs = Number.POSITIVE_INFINITY, signal } = {}) {
    checkTimeout(timeoutMs)
    signal?.throwIfAborted()
    const closed = this.closed // read first: all items of a closed queue are there
    const value = this.tryPop()
    if (value !== undefined || closed) return value
    const message = await this.receive(timeoutMs, signal)
    if (message !== undefined) return this.take(message)
    signal?.throwIfAborted()
    return this.tryPop()
  }

  take(value) {
    this.popped = (this.popped + 1) | 0
    Atomics.store(this.words, POPPED, this.popped)
    if (Atomics.load(this.words, WANTED) === 1) {
      Atomics.store(this.words, WANTED, 0)
      this.port.postMessage('room')
    }
    return value
  }
}

function checkTimeout(timeoutMs) {
  if (timeoutMs >= 0) return
  const message = `timeoutMs is ${timeoutMs}; allowed: milliseconds from 0, or none to wait for ever`
  throw new SpscError('ERR_OPTION', 'messageport', message)
}

function attach(handle) {
  const { memory, ...ports } = handle ?? {}
  const words = new Int32Array(memory instanceof SharedArrayBuffer && memory.byteLength === 4 * WORDS ? memory : WORDS)
  const capacity = words[CAPACITY]
  if (capacity === 0) throw new SpscError('ERR_HANDLE', 'messageport', 'not a handle of this queue')

  /** An end's port, which only one thread has, and only once. */
  const takePort = (role, word) => {
    const port = ports[role]
    delete ports[role]
    if (port !== undefined && words[word] === 0) return port
    throw new SpscError('ERR_CLAIMED', 'messageport', `the ${role} is taken, or in the thread that transfer gave it to`)
  }
  const claim = (role, word) => {
    const port = takePort(role, word)
    words[word] = 1
    return port
  }
  return {
    capacity,
    handle: { memory },
    transfer(role) {
      const port = takePort(role, role === 'producer' ? PRODUCER : CONSUMER)
      return { handle: { memory, [role]: port }, transferList: [port] }
    },
    producer: () => new Producer(words, claim('producer', PRODUCER)),
    consumer: () => new Consumer(words, claim('consumer', CONSUMER)),
  }
}

function create({ capacity }) {
  const memory = new SharedArrayBuffer(4 * WORDS)
  new Int32Array(memory)[CAPACITY] = capacity
  const { port1, port2 } = new MessageChannel()
  return attach({ memory, producer: port1, consumer: port2 })
}

/** @type {import('@spsc/core').QueueBackend} */
export default { name: 'messageport', module: import.meta.url, supports: { async: true }, create, attach }
