import { parentPort, workerData } from 'node:worker_threads'
import { PATIENCE_MS, type ThreadReport, type ThreadTask } from './conformance.js'
import { deriveConsumer, deriveProducer, sleep } from './derive.js'
import { errorCode, SpscError } from './errors.js'
import { loadBackend } from './plugin.js'
import type { Queue } from './queue.js'

const { backend, handle, script } = workerData as ThreadTask

/** Sends 0, 1, 2 … and closes, also when it fails: the other end is not left waiting. */
function send(queue: Queue, count: number): number {
  const producer = deriveProducer(queue.producer())
  sleep(script.delayMs)
  try {
    for (let item = 0; item < count; item++) {
      if (!producer.push(item, PATIENCE_MS))
        throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `push ${item} timed out`)
    }
  } finally {
    producer.close()
  }
  return count
}

/** Receives until the stream ends. */
function receive(queue: Queue): { items: number; inOrder: boolean } {
  const consumer = deriveConsumer(queue.consumer())
  sleep(script.delayMs)
  let items = 0
  let inOrder = true
  for (;;) {
    const value = consumer.pop(PATIENCE_MS)
    if (value === undefined) break
    inOrder &&= value === items++
  }
  const timedOut = !consumer.closed
  consumer.close()
  if (timedOut) throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `pop ${items} timed out`)
  return { items, inOrder }
}

function perform(queue: Queue): ThreadReport {
  if (script.action === 'send') return { items: send(queue, script.count), inOrder: true }
  if (script.action === 'receive') return receive(queue)
  const end = script.end === 'producer' ? queue.producer() : queue.consumer()
  sleep(script.delayMs)
  if (script.action === 'close') end.close()
  return { items: 0, inOrder: true }
}

async function report(): Promise<ThreadReport> {
  try {
    return perform((await loadBackend(backend)).attach(handle))
  } catch (error) {
    return { items: 0, inOrder: false, error: errorCode(error, 'ERR_PLUGIN_FAILED') }
  }
}

parentPort?.postMessage(await report())
