import { receiveMessageOnPort } from 'node:worker_threads'
import { answering, asking, popping, pushing, spinning } from '../lib/loops.js'
import { Message, readItem } from '../lib/message.js'

const tryReceive = (port) => () => receiveMessageOnPort(port)?.message
const post = (port) => (item) => {
  port.postMessage(item)
  return true
}

/*
 * Asleep while it waits: a word for each direction counts the messages.
 *
 *   [ sender: post, add, notify ] -- message --> ( port ) --> [ receiver: wait while the word is as seen, receive ]
 */
const words = ({ handle }) => new Int32Array(handle)

function posting(port, counts, direction) {
  return (item) => {
    port.postMessage(item)
    Atomics.add(counts, direction, 1)
    Atomics.notify(counts, direction)
  }
}

function receiving(port, counts, direction) {
  let seen = Atomics.load(counts, direction)
  return () => {
    Atomics.wait(counts, direction, seen)
    seen = (seen + 1) | 0
    return receiveMessageOnPort(port).message
  }
}

export default {
  name: 'receiveMessageOnPort',
  workloads: {
    singles: {
      '': {
        producer: ({ port }) => pushing(post(port)),
        consumer: ({ port }) => popping(tryReceive(port)),
      },
    },
    bytes: {
      '': {
        producer: ({ port, size }) => {
          const message = new Message(size)
          return pushing((item) => {
            message.item = item
            port.postMessage(message.bytes)
            return true
          })
        },
        consumer: ({ port }) =>
          popping(() => {
            const bytes = receiveMessageOnPort(port)?.message
            return bytes === undefined ? undefined : readItem(bytes)
          }),
      },
    },
    'round-trip-spinning': {
      '': {
        client: ({ port }) => asking(post(port), spinning(tryReceive(port))),
        server: ({ port }) => answering(spinning(tryReceive(port)), post(port)),
      },
    },
    'round-trip-blocked': {
      'Atomics.wait': {
        create: () => new SharedArrayBuffer(8),
        client: (setup) => asking(posting(setup.port, words(setup), 0), receiving(setup.port, words(setup), 1)),
        server: (setup) => answering(receiving(setup.port, words(setup), 0), posting(setup.port, words(setup), 1)),
      },
    },
  },
}
