import { parentPort, workerData } from 'node:worker_threads'
import { consume, produce } from './cases.js'

const { end, stream, work } = workerData
parentPort.postMessage(await (end === 'producer' ? produce : consume)(stream, work))
