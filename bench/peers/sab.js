import { attachQueue, createQueue } from '@spsc/queue-sab'
import { tryConsumer, tryProducer } from '../lib/loops.js'

export default {
  name: 'sab',
  create: (capacity) => createQueue({ capacity }).handle,
  producer: (handle) => tryProducer(attachQueue(handle).producer()),
  consumer: (handle) => tryConsumer(attachQueue(handle).consumer()),
}
