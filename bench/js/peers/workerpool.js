import { fileURLToPath } from 'node:url'
import workerpool from 'workerpool'
import { calling } from '../lib/rpc.js'

const script = fileURLToPath(new URL('./hosted/workerpool.js', import.meta.url))

export default {
  name: 'workerpool',
  workloads: {
    rpc: {
      '': {
        missing: () => ('bun' in process.versions ? 'its thread never answers under Bun' : undefined),
        client: async ({ hosted }) => {
          const pool = workerpool.pool(script, { workerType: 'thread', minWorkers: 1, maxWorkers: 1 })
          await pool.exec('echo', [0])
          // Sent at once, to a thread that is there: it comes to the gate while this one blocks.
          pool.exec('attend', [hosted])
          return calling((item) => pool.exec('echo', [item]))
        },
      },
    },
  },
}
