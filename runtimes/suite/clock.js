const ROUNDS = 200

/**
 * Throws unless two threads that have agreed on the time read one clock: each reading is not before the last one of the
 * other.
 *
 *   leader      now()          now()          now() …
 *   follower           now()          now()
 *
 * @param {object} modules
 * @param {typeof import('@spsc/core/clock')} modules.clock
 * @param {URL} modules.timeThread what both threads run
 */
export async function threadsReadOneClock({ clock, timeThread }) {
  const leader = await startThread(timeThread)
  const follower = await startThread(timeThread)
  try {
    const memory = new SharedArrayBuffer(clock.AGREEMENT_BYTES)
    await Promise.all([leader.ask({ memory, role: 'leader' }), follower.ask({ memory, role: 'follower' })])
    const error = BigInt(clock.monotonicClock.errorNs)
    let last = await leader.ask('time')
    for (let round = 0; round < ROUNDS; round++) {
      for (const thread of [follower, leader]) {
        const time = await thread.ask('time')
        if (time < last - error) throw new Error(`${time} follows ${last}, more than ${error} ns back`)
        last = time
      }
    }
  } finally {
    await leader.terminate()
    await follower.terminate()
  }
}

/** A thread by the runtime's own means: the web's where there are any, else Node's. */
async function startThread(url) {
  if (typeof Worker === 'function') {
    const worker = new Worker(url, { type: 'module' })
    return {
      ask: (question) =>
        new Promise((resolve, reject) => {
          worker.onmessage = ({ data }) => resolve(data)
          worker.onerror = ({ message }) => reject(new Error(message))
          worker.postMessage(question)
        }),
      terminate: () => worker.terminate(),
    }
  }
  const { Worker: NodeWorker } = await import('node:worker_threads')
  const { once } = await import('node:events')
  const worker = new NodeWorker(url)
  return {
    async ask(question) {
      worker.postMessage(question)
      return (await once(worker, 'message'))[0]
    },
    terminate: () => worker.terminate(),
  }
}

/**
 * The side of both threads.
 *
 * @param {typeof import('@spsc/core/clock')} clock
 */
export async function answerWithTime({ agreeOnTime, monotonicClock }) {
  const answer = ({ memory, role }) => (memory ? agreeOnTime(memory, role) : monotonicClock.now())
  if (typeof Worker === 'function') {
    globalThis.onmessage = ({ data }) => postMessage(answer(data))
    return
  }
  const { parentPort } = await import('node:worker_threads')
  parentPort.on('message', (question) => parentPort.postMessage(answer(question)))
}
