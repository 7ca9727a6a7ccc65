const ROUNDS = 200

/**
 * Throws unless the clock of another thread stands between two readings of this one, every time:
 *
 *   here    now() --ask-->                    now()
 *   there                  now() --answer-->
 *
 * @param {import('@spsc/core').Clock} clock
 * @param {URL} worker a module that answers each message with the time
 */
export async function threadsReadOneClock(clock, worker) {
  const thread = await startThread(worker)
  const error = BigInt(clock.errorNs)
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const before = clock.now()
      const there = await thread.ask()
      const after = clock.now()
      if (before - error <= there && there <= after + error) continue
      throw new Error(`${there} there is not within ${before} and ${after} here, give or take ${error} ns`)
    }
  } finally {
    await thread.terminate()
  }
}

/** A thread by the runtime's own means: the web's where there are any, else Node's. */
async function startThread(url) {
  if (typeof Worker === 'function') {
    const worker = new Worker(url, { type: 'module' })
    return {
      ask: () =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => reject(new Error(message))
          worker.postMessage('what time is it?')
        }),
      terminate: () => worker.terminate(),
    }
  }
  const { Worker: NodeWorker } = await import('node:worker_threads')
  const { once } = await import('node:events')
  const worker = new NodeWorker(url)
  return {
    async ask() {
      worker.postMessage('what time is it?')
      return (await once(worker, 'message'))[0]
    },
    terminate: () => worker.terminate(),
  }
}

/**
 * The other thread's side.
 *
 * @param {import('@spsc/core').Clock} clock
 */
export async function answerWithTime(clock) {
  if (typeof Worker === 'function') {
    globalThis.onmessage = () => postMessage(clock.now())
    return
  }
  const { parentPort } = await import('node:worker_threads')
  parentPort.on('message', () => parentPort.postMessage(clock.now()))
}
