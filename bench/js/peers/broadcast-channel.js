import { randomUUID } from 'node:crypto'
import { BroadcastChannel } from 'node:worker_threads'
import { answeringByCallback, askingByCallback, collecting } from '../lib/callbacks.js'
import { pushing } from '../lib/loops.js'

const create = () => `spsc-bench-${randomUUID()}`
const listenOn = (channel) => (use) => {
  channel.onmessage = ({ data }) => use(data)
}

/** @param make(channel, post) => run */
const on =
  (make) =>
  ({ handle }) => {
    const channel = new BroadcastChannel(handle)
    return make(channel, (item) => channel.postMessage(item))
  }

export default {
  name: 'BroadcastChannel',
  workloads: {
    singles: {
      '': {
        create,
        producer: on((_, post) =>
          pushing((item) => {
            post(item)
            return true
          }),
        ),
        consumer: on((channel) => collecting(listenOn(channel))),
      },
    },
    'round-trip-blocked': {
      '': {
        create,
        client: on((channel, post) => askingByCallback(listenOn(channel), post)),
        server: on((channel, post) => answeringByCallback(listenOn(channel), post)),
      },
    },
  },
}
