import {
  attachDuplex,
  attachMutexQueue,
  attachQueue,
  bytes,
  clone,
  createDuplex,
  createMutexQueue,
  createQueue,
  json,
  record,
} from '@spsc/queue-sab'
import { mismatch } from '../lib/check.js'
import {
  answering,
  asking,
  peeking,
  popping,
  poppingBlocks,
  pushing,
  pushingBlocks,
  reserving,
  spinning,
} from '../lib/loops.js'
import { Message, readItem, writeItem } from '../lib/message.js'
import { fillRecord, itemOfObject, itemOfRecord, objectOf, recordOf } from '../lib/objects.js'
import { Client, calling, Server } from '../lib/rpc.js'

/** Bytes that an object takes in the ring, roughly and at most. */
const OBJECT_BYTES = 256
const SPAN = 64

/**
 * A queue with an end in each worker.
 *
 * @param optionsOf(setup) => options of createQueue but for the capacity; both ends attach with the same
 */
const stream = (optionsOf, produce, consume) => ({
  create: (setup) => createQueue({ capacity: setup.capacity, ...optionsOf(setup) }).handle,
  producer: (setup) => produce(attachQueue(setup.handle, optionsOf(setup)).producer(), setup),
  consumer: (setup) => consume(attachQueue(setup.handle, optionsOf(setup)).consumer(), setup),
})

/** The same for objects: the capacity of a ring of frames is in bytes. */
const objectStream = (type, produce, consume) => {
  const entrant = stream(() => ({ type: type() }), produce, consume)
  return { ...entrant, create: (setup) => entrant.create({ ...setup, capacity: setup.capacity * OBJECT_BYTES }) }
}

/** A queue there, and one back. */
const exchange = (options, ask, answer) => ({
  create: ({ capacity }) => [0, 1].map(() => createQueue({ ...options, capacity }).handle),
  client: ({ handle: [there, back] }) =>
    ask(attachQueue(there, options).producer(), attachQueue(back, options).consumer()),
  server: ({ handle: [there, back] }) =>
    answer(attachQueue(there, options).consumer(), attachQueue(back, options).producer()),
})

const singles = (publish) =>
  stream(
    () => ({ publish }),
    (producer) => pushing((item) => producer.tryPush(item)),
    (consumer) => popping(() => consumer.tryPop()),
  )

const mutex = {
  create: ({ capacity }) => createMutexQueue({ capacity }).handle,
  producer: ({ handle }) => {
    const producer = attachMutexQueue(handle).producer()
    return pushing((item) => producer.tryPush(item))
  },
  consumer: ({ handle }) => {
    const consumer = attachMutexQueue(handle).consumer()
    return popping(() => consumer.tryPop())
  },
}

const i32 = () => ({ type: 'i32' })

const spans = stream(
  i32,
  (producer, { size }) =>
    reserving(producer, size, (array, at, item) => {
      array[at] = item
    }),
  (consumer, { size }) => peeking(consumer, size, (array, at) => array[at]),
)

const copiedBlocks = stream(
  i32,
  (producer, { size }) => {
    const block = new Int32Array(size)
    return pushingBlocks(size, (from, to) => {
      for (let item = from; item < to; item++) block[item - from] = item
      return producer.pushMany(to - from === size ? block : block.subarray(0, to - from))
    })
  },
  (consumer, { size }) => {
    const block = new Int32Array(size)
    return poppingBlocks(block, () => consumer.popMany(block))
  },
)

const bytesOf = ({ size }) => ({ type: bytes(size) })

const copiedBytes = stream(
  bytesOf,
  (producer, { size }) => {
    const message = new Message(size)
    return pushing((item) => {
      message.item = item
      return producer.tryPush(message.bytes)
    })
  },
  (consumer, { size }) => {
    const message = new Message(size)
    return popping(() => (consumer.tryPopInto(message.bytes) === undefined ? undefined : message.item))
  },
)

const bytesInPlace = stream(
  bytesOf,
  (producer, { size }) => {
    const { bytes } = new Message(size)
    return reserving(producer, SPAN, (array, at, item) => {
      const slot = array[at]
      slot.set(bytes)
      writeItem(slot, item)
    })
  },
  (consumer) => peeking(consumer, SPAN, (array, at) => readItem(array[at])),
)

const records = () => ({
  type: record({ id: 'u32', price: 'f64', quantity: 'u32', side: 'u8', symbol: 'ascii8' }),
})

const recordsInPlace = stream(
  records,
  (producer) => reserving(producer, SPAN, (array, at, item) => fillRecord(array[at], item)),
  (consumer) => peeking(consumer, SPAN, (array, at) => itemOfRecord(array[at])),
)

const recordObjects = stream(
  records,
  (producer) => pushing((item) => producer.tryPush(recordOf(item))),
  (consumer) =>
    popping(() => {
      const record = consumer.tryPop()
      return record === undefined ? undefined : itemOfRecord(record)
    }),
)

const singleObjects = (type) =>
  objectStream(
    type,
    (producer) => pushing((item) => producer.tryPush(objectOf(item))),
    (consumer) =>
      popping(() => {
        const object = consumer.tryPop()
        return object === undefined ? undefined : itemOfObject(object)
      }),
  )

const batchesOfObjects = (type) =>
  objectStream(
    type,
    (producer, { batch }) =>
      pushingBlocks(batch, (from, to) => {
        const objects = Array.from({ length: to - from }, (_, at) => objectOf(from + at))
        return producer.pushMany(objects)
      }),
    (consumer, { batch }) => {
      const objects = new Array(batch)
      return poppingBlocks(objects, () => consumer.popMany(objects), itemOfObject)
    },
  )

const spinningEnds = (publish) =>
  exchange(
    { publish },
    (producer, consumer) =>
      asking(
        sender(producer, publish),
        spinning(() => consumer.tryPop()),
      ),
    (consumer, producer) =>
      answering(
        spinning(() => consumer.tryPop()),
        sender(producer, publish),
      ),
  )

/** An end that spins never lets its microtasks run, so what it pushes must be flushed. */
const sender = (producer, publish) =>
  publish === 'each'
    ? (item) => producer.tryPush(item)
    : (item) => {
        producer.tryPush(item)
        producer.flush()
      }

const blockedEnds = (options) =>
  exchange(
    options,
    (producer, consumer) =>
      asking(
        (item) => producer.push(item),
        () => consumer.pop(),
      ),
    (consumer, producer) =>
      answering(
        () => consumer.pop(),
        (item) => producer.push(item),
      ),
  )

const eventLoops = exchange(
  {},
  (producer, consumer) => async (from, to) => {
    let sum = 0
    for (let item = from; item < to; item++) {
      await producer.pushAsync(item)
      const answer = await consumer.popAsync()
      if (answer !== item) throw mismatch(answer, item)
      sum = (sum + answer) | 0
    }
    return sum
  },
  (consumer, producer) => async (from, to) => {
    for (let expected = from; expected < to; expected++) {
      await producer.pushAsync(await consumer.popAsync())
    }
  },
)

/** Gives each item to `use`, as long as items come; a failure ends the sample. */
async function forEach(consumer, use) {
  for (let item = await consumer.popAsync(); item !== undefined; item = await consumer.popAsync()) {
    use(item)
    consumer.drain(use)
  }
}

const push = (producer) => (item) => producer.tryPush(item) || producer.pushAsync(item)

const duplex = {
  client: (setup) => {
    const capacity = setup.capacity * OBJECT_BYTES
    const { handle, producer, consumer } = createDuplex({ capacity, type: json() })
    setup.port.postMessage(handle)
    const client = new Client(push(producer))
    forEach(consumer, (answer) => client.settle(answer))
    return calling((item) => client.call('echo', item))
  },
  server: async (setup) => {
    const handle = await new Promise((resolve) => setup.port.once('message', resolve))
    const { producer, consumer } = attachDuplex(handle, { type: json() })
    const server = new Server(push(producer))
    forEach(consumer, (request) => server.handle(request))
    return server.run
  },
}

export default {
  name: 'spsc',
  workloads: {
    singles: { adaptive: singles('adaptive'), 'publish each': singles('each'), mutex },
    blocks: { 'spans in place': spans, 'pushMany, popMany': copiedBlocks },
    bytes: { copies: copiedBytes, 'spans in place': bytesInPlace },
    records: { 'spans in place': recordsInPlace, objects: recordObjects },
    objects: {
      'json, one by one': singleObjects(json),
      'json, batches of 64': batchesOfObjects(json),
      'clone, one by one': singleObjects(clone),
      'clone, batches of 64': batchesOfObjects(clone),
    },
    'round-trip-spinning': { 'publish each': spinningEnds('each'), 'adaptive, flushed': spinningEnds('adaptive') },
    'round-trip-blocked': {
      'asleep at once': blockedEnds({ spin: 0 }),
      'spins first': blockedEnds({}),
      'on event loops': eventLoops,
    },
    rpc: { 'duplex of json': duplex },
  },
}
