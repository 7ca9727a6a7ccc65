import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { futexWaiting, nativeProducer } from '@spsc/queue-native'
import { createQueue } from '@spsc/queue-sab'
import { testNative as test } from './available.js'

const threads = () => readdirSync('/proc/self/task').length

/** The words that say that an end is taken: for the next worker each is free again. */
const CLAIMS = [6, 8] as const

// One test, as it counts the threads of the process: nothing else may run beside it.
test('a worker is terminated while it waits by futex, and leaves no thread behind', async (t) => {
  for (const wait of ['pop', 'push', 'popAsync', 'pushAsync']) {
    const { handle } = createQueue({ capacity: 1, waiting: futexWaiting })
    if (wait.startsWith('push')) nativeProducer(handle).tryPush(1)
    const before = threads()
    for (let round = 0; round < 5; round++) {
      new Int32Array(handle).fill(0, ...CLAIMS)
      const worker = new Worker(new URL('bridge/waiting-worker.mjs', import.meta.url), {
        workerData: { handle, wait },
        execArgv: [],
      })
      await once(worker, 'message')
      await sleep(20 * round)
      t.true(await Promise.race([worker.terminate().then(() => true), sleep(3000, false)]), wait)
    }
    for (const end = Date.now() + 60_000; threads() > before && Date.now() < end; ) await sleep(5)
    t.true(threads() <= before, wait)
  }
})
