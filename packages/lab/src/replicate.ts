import { errorCode, errorMessage, loadBackend, loadCollector } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import type { FromReplicate, ReplicateJob } from './replicate-protocol.js'

// One replicate in a process of its own: this thread sleeps and owns the collectors, two others work. The parent ends
// it by SIGKILL when it hangs or the run is cancelled; a Ctrl-C at the terminal reaches the whole group and is the
// parent's to answer.

const tell = (message: FromReplicate) =>
  new Promise<void>((resolve) => process.send?.(message, undefined, {}, () => resolve()))

process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit(1))

process.once('message', async (job: ReplicateJob) => {
  try {
    await tell({ type: 'stage', stage: 'load' })
    const backend = await loadBackend(job.backend)
    const collectors = await Promise.all(
      job.collectors.map(async ({ plugin, options }) => (await loadCollector(plugin))(options)),
    )
    const { scenario, seed } = job
    const measurement = await runReplicate(
      { backend, scenario, collectors, seed },
      { onPhase: (stage) => void tell({ type: 'stage', stage }) },
    )
    await tell({ type: 'measured', measurement })
  } catch (error) {
    await tell({ type: 'failed', code: errorCode(error, 'ERR_PLUGIN_FAILED'), message: errorMessage(error) })
  }
  process.exit(0)
})
