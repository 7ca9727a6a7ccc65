import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { calling, IN_FLIGHT } from '../lib/rpc.js'

const filename = fileURLToPath(new URL('./hosted/functions.js', import.meta.url))

const pool = (options) => ({
  client: async ({ hosted }) => {
    const threads = { minThreads: 1, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY }
    const piscina = new Piscina({ filename, name: 'echo', recordTiming: false, ...threads, ...options })
    await piscina.run(0)
    // Sent at once, to a thread that is there: it comes to the gate while this one blocks.
    piscina.run(hosted, { name: 'attend' })
    return calling((item) => piscina.run(item))
  },
})

export default {
  name: 'piscina',
  workloads: {
    rpc: {
      'one task at a time': pool({}),
      'all tasks at once': pool({ concurrentTasksPerWorker: IN_FLIGHT }),
      'all tasks at once, atomics disabled': pool({ concurrentTasksPerWorker: IN_FLIGHT, atomics: 'disabled' }),
    },
  },
}
