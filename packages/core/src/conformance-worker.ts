import type { ThreadReport, ThreadScript, ThreadTask } from './conformance.js'
import { answerTask } from './conformance-thread.js'
import { deriveConsumer, deriveProducer } from './derive.js'
import { errorCode, SpscError } from './errors.js'
import { loadBackend } from './plugin.js'
import type { Queue } from './queue.js'
import { sleep } from './waiting.js'

/** Sends 0, 1, 2 … and closes, also when it fails: the other end is not left waiting. */
function send(queue: Queue, count: number, delayMs: number, patienceMs: number): number {
  const producer = deriveProducer(queue.producer())
  sleep(delayMs)
  try {
    for (let item = 0; item < count; item++) {
      if (!producer.push(item, patienceMs))
        throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `push ${item} timed out`)
    }
  } finally {
    producer.close()
  }
  return count
}

/** Receives until the stream ends. */
function receive(queue: Queue, delayMs: number, patienceMs: number): { items: number; inOrder: boolean } {
  const consumer = deriveConsumer(queue.consumer())
  sleep(delayMs)
  let items = 0
  let inOrder = true
  for (;;) {
    // An item may have come between the time-out and close(): after seeing `closed`, look once more.
    const value = consumer.pop(patienceMs) ?? (consumer.closed ? consumer.tryPop() : undefined)
    if (value === undefined) break
    inOrder &&= value === items++
  }
  const timedOut = !consumer.closed
  consumer.close()
  if (timedOut) throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `pop ${items} timed out`)
  return { items, inOrder }
}

function perform(queue: Queue, script: ThreadScript, patienceMs: number): ThreadReport {
  const { delayMs } = script
  if (script.action === 'send') return { items: send(queue, script.count, delayMs, patienceMs), inOrder: true }
  if (script.action === 'receive') return receive(queue, delayMs, patienceMs)
  const end = script.end === 'producer' ? queue.producer() : queue.consumer()
  sleep(delayMs)
  if (script.action === 'close') end.close()
  return { items: 0, inOrder: true }
}

await answerTask(async ({ backend, handle, script, patienceMs }: ThreadTask): Promise<ThreadReport> => {
  try {
    return perform((await loadBackend(backend)).attach(handle), script, patienceMs)
  } catch (error) {
    return { items: 0, inOrder: false, error: errorCode(error, 'ERR_PLUGIN_FAILED') }
  }
})
