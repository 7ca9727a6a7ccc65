// Waits on an end of a queue-sab ring for what never comes, until its thread is terminated.
import { parentPort, workerData } from 'node:worker_threads'
import { futexWaiting } from '@spsc/queue-native'
import { attachQueue } from '@spsc/queue-sab'

const queue = attachQueue(workerData.handle, { waiting: futexWaiting })
const waits = {
  pop: () => queue.consumer().pop(),
  push: () => queue.producer().push(1),
  popAsync: () => queue.consumer().popAsync(),
  pushAsync: () => queue.producer().pushAsync(1),
}
parentPort.postMessage('ready')
waits[workerData.wait]()
