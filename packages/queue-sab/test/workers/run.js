import { parentPort, workerData } from 'node:worker_threads'
import { attachMutexQueue, attachQueue } from '@spsc/queue-sab'
import { actions } from './actions.js'
import { ITEMS } from './items.js'

const { kind, handle, name, argument } = workerData
const items = ITEMS[argument.type]
const queue = kind === 'mutex' ? attachMutexQueue(handle) : attachQueue(handle, items && { type: items.type })
parentPort.postMessage(actions[name](queue, argument))
