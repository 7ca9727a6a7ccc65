import { parentPort, workerData } from 'node:worker_threads'
import { attachMutexQueue, attachQueue } from '@spsc/queue-sab'
import { actions } from './actions.js'

const { kind, handle, name, argument } = workerData
const attach = kind === 'ring' ? attachQueue : attachMutexQueue
parentPort.postMessage(actions[name](attach(handle), argument))
