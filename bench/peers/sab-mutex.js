import { attachMutexQueue, createMutexQueue } from '@spsc/queue-sab'
import { tryConsumer, tryProducer } from '../lib/loops.js'

export default {
  name: 'sab-mutex',
  // Two spinning ends fight for the lock and sleep on it: a tenth of the items takes as long.
  itemsShare: 0.1,
  create: (capacity) => createMutexQueue({ capacity }).handle,
  producer: (handle) => tryProducer(attachMutexQueue(handle).producer()),
  consumer: (handle) => tryConsumer(attachMutexQueue(handle).consumer()),
}
