import { fileURLToPath } from 'node:url'
import { Tinypool } from 'tinypool'
import { calling, IN_FLIGHT } from '../lib/rpc.js'

const filename = fileURLToPath(new URL('./hosted/functions.js', import.meta.url))

const pool = (options) => ({
  missing: () => ('deno' in process.versions ? 'its thread never answers under Deno' : undefined),
  client: async ({ hosted }) => {
    const threads = { minThreads: 1, maxThreads: 1, idleTimeout: Number.POSITIVE_INFINITY }
    const tinypool = new Tinypool({ filename, name: 'echo', ...threads, ...options })
    await tinypool.run(0)
    // Sent at once, to a thread that is there: it comes to the gate while this one blocks.
    tinypool.run(hosted, { name: 'attend' })
    return calling((item) => tinypool.run(item))
  },
})

export default {
  name: 'tinypool',
  workloads: {
    rpc: {
      'one task at a time': pool({}),
      'all tasks at once': pool({ concurrentTasksPerWorker: IN_FLIGHT }),
      'all tasks at once, no atomics': pool({ concurrentTasksPerWorker: IN_FLIGHT, useAtomics: false }),
    },
  },
}
