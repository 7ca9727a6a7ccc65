// One end of a queue-sab ring in a thread of its own: in C++ by the addon of `module`, or waiting in JavaScript.
import { parentPort, workerData } from 'node:worker_threads'
import { attachQueue } from '@spsc/queue-sab'

const { module, handle, action, count } = workerData
const { futexWaiting, nativeConsumer, nativeProducer } = await import(module)

const actions = {
  push() {
    const producer = nativeProducer(handle)
    for (let item = 0; item < count; item++) producer.push(item, 60_000)
    producer.close()
    return { pushed: count }
  },
  pop() {
    const consumer = nativeConsumer(handle)
    let popped = 0
    let inOrder = true
    for (let item = consumer.pop(60_000); item !== undefined; item = consumer.pop(60_000)) {
      if (item !== popped++) inOrder = false
    }
    return { popped, inOrder }
  },
  popInVain: () => attachQueue(handle, { waiting: futexWaiting }).consumer().pop(),
  popAsyncInVain: () => attachQueue(handle, { waiting: futexWaiting }).consumer().popAsync(),
}
if (action.endsWith('InVain')) parentPort.postMessage('waiting')
parentPort.postMessage(await actions[action]())
