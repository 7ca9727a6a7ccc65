import { answeringByCallback, askingByCallback, collecting } from '../lib/callbacks.js'
import { pushing } from '../lib/loops.js'
import { Message, readItem } from '../lib/message.js'
import { itemOfObject, itemOfRecord, objectOf, recordOf } from '../lib/objects.js'
import { Client, calling, Server } from '../lib/rpc.js'

const listenOn = (port) => (use) => port.on('message', use)

/** A port takes whatever it is given: nothing is ever full. */
const posting = (post) =>
  pushing((item) => {
    post(item)
    return true
  })

/** @param itemOf(message) => its number */
const streamOf = (make, itemOf) => ({
  producer: (setup) => {
    const makeOne = make(setup)
    return posting((item) => setup.port.postMessage(makeOne(item)))
  },
  consumer: ({ port }) => collecting(listenOn(port), itemOf),
})

const cloned = streamOf(({ size }) => {
  const message = new Message(size)
  return (item) => {
    message.item = item
    return message.bytes
  }
}, readItem)

const transferred = {
  producer: ({ port, size }) =>
    posting((item) => {
      const message = new Message(size)
      message.item = item
      port.postMessage(message.bytes, [message.bytes.buffer])
    }),
  consumer: cloned.consumer,
}

const batches = {
  producer:
    ({ port, batch }) =>
    (from, to) => {
      for (let item = from; item < to; ) {
        const objects = Array.from({ length: Math.min(batch, to - item) }, () => objectOf(item++))
        port.postMessage(objects)
      }
    },
  consumer: ({ port }) => collecting((use) => port.on('message', (objects) => objects.forEach(use)), itemOfObject),
}

export default {
  name: 'MessagePort',
  workloads: {
    singles: {
      '': streamOf(
        () => (item) => item,
        (item) => item,
      ),
    },
    bytes: { cloned, transferred },
    records: { '': streamOf(() => recordOf, itemOfRecord) },
    objects: { 'one by one': streamOf(() => objectOf, itemOfObject), 'batches of 64': batches },
    'round-trip-blocked': {
      '': {
        client: ({ port }) => askingByCallback(listenOn(port), (item) => port.postMessage(item)),
        server: ({ port }) => answeringByCallback(listenOn(port), (item) => port.postMessage(item)),
      },
    },
    rpc: {
      '': {
        client: ({ port }) => {
          const client = new Client((request) => port.postMessage(request))
          port.on('message', (answer) => client.settle(answer))
          return calling((item) => client.call('echo', item))
        },
        server: ({ port }) => {
          const server = new Server((answer) => port.postMessage(answer))
          port.on('message', (request) => server.handle(request))
          return server.run
        },
      },
    },
  },
}
