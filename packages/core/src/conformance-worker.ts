import type { ThreadReport, ThreadScript, ThreadTask } from './conformance.js'
import { answerTask } from './conformance-thread.js'
import { deriveConsumer, deriveProducer } from './derive.js'
import { errorCode, SpscError } from './errors.js'
import { loadBackend } from './plugin.js'
import type { Queue } from './queue.js'
import { sleep } from './waiting.js'

type Script<Action> = Extract<ThreadScript, { action: Action }>

/** Sends 0, 1, 2 … and closes, also when it fails: the other end is not left waiting. */
async function send(queue: Queue, { count, wait, delayMs }: Script<'send'>, patienceMs: number): Promise<ThreadReport> {
  const producer = deriveProducer(queue.producer())
  const push =
    wait === 'block'
      ? (item: number) => producer.push(item, patienceMs)
      : (item: number) => producer.pushAsync(item, { timeoutMs: patienceMs })
  sleep(delayMs)
  try {
    for (let item = 0; item < count; item++) {
      if (!(await push(item))) throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `push ${item} timed out`)
    }
  } finally {
    producer.close()
  }
  return { items: count, inOrder: true }
}

/** Receives until the stream ends. */
async function receive(queue: Queue, { wait, delayMs }: Script<'receive'>, patienceMs: number): Promise<ThreadReport> {
  const consumer = deriveConsumer(queue.consumer())
  const pop = wait === 'block' ? () => consumer.pop(patienceMs) : () => consumer.popAsync({ timeoutMs: patienceMs })
  sleep(delayMs)
  let items = 0
  let inOrder = true
  for (;;) {
    // An item may have come between the time-out and close(): after seeing `closed`, look once more.
    const value = (await pop()) ?? (consumer.closed ? consumer.tryPop() : undefined)
    if (value === undefined) break
    inOrder &&= value === items++
  }
  const timedOut = !consumer.closed
  consumer.close()
  if (timedOut) throw new SpscError('ERR_PLUGIN_HUNG', 'conformance', `pop ${items} timed out`)
  return { items, inOrder }
}

function perform(queue: Queue, script: ThreadScript, patienceMs: number): ThreadReport | Promise<ThreadReport> {
  if (script.action === 'send') return send(queue, script, patienceMs)
  if (script.action === 'receive') return receive(queue, script, patienceMs)
  const end = queue[script.end]()
  sleep(script.delayMs)
  if (script.action === 'close') end.close()
  return { items: 0, inOrder: true }
}

await answerTask(async ({ backend, handle, script, patienceMs }: ThreadTask): Promise<ThreadReport> => {
  try {
    return await perform((await loadBackend(backend)).attach(handle), script, patienceMs)
  } catch (error) {
    return { items: 0, inOrder: false, error: errorCode(error, 'ERR_PLUGIN_FAILED') }
  }
})
