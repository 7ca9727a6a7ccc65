import { workerData } from 'node:worker_threads'
import { attachDuplex } from '@spsc/queue-sab'
import { messages, serve } from './rpc.js'

export const handlers = {
  /** @param {number} a @param {number} b */
  add: (a, b) => a + b,

  /** @param {number[]} values */
  mean(values) {
    if (values.length === 0) throw new RangeError('no values')
    return values.reduce((sum, value) => sum + value, 0) / values.length
  },

  /** @param {number} ms @returns {Promise<string>} */
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms, `slept for ${ms} ms`)),
}

await serve(attachDuplex(workerData, { type: messages }), handlers)
