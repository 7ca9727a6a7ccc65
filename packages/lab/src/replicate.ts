import { once } from 'node:events'
import { type Collector, errorCode, errorMessage, isUnavailable, loadBackend, loadCollector } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import { loadPinning } from './pinning.js'
import type { CollectorChoice, FromReplicate, ReplicateJob } from './replicate-protocol.js'

// One replicate in a process of its own: this thread sleeps and owns the collectors, two others work. The parent ends
// it, and whatever it has started, by killing its process group; if the parent goes first, the channel closes.

process.on('disconnect', () => process.exit(1))

function tell(message: FromReplicate): Promise<void> {
  return new Promise((resolve) => process.send?.(message, undefined, {}, () => resolve()))
}

/** The parent shows where we are before the gate opens, and not while items flow. */
async function announce(stage: string): Promise<void> {
  const go = once(process, 'message')
  await tell({ type: 'stage', stage })
  await go
}

/** A collector that can't be made stands in the record as unavailable; the run goes on without it. */
async function makeCollector({ plugin, options }: CollectorChoice): Promise<Collector> {
  try {
    const collector = (await loadCollector(plugin))(options)
    if (typeof collector?.name === 'string') return collector
    throw new Error(`${plugin.module} made no collector; allowed: { name, start, stop }`)
  } catch (error) {
    const fail = () => {
      throw error
    }
    return { name: plugin.name ?? plugin.module, start: fail, stop: fail }
  }
}

async function measure({ backend, collectors, scenario, seed, affinity }: ReplicateJob): Promise<FromReplicate> {
  try {
    await announce('load')
    const pinThread = await loadPinning(affinity)
    const request = {
      backend: await loadBackend(backend),
      collectors: await Promise.all(collectors.map(makeCollector)),
      scenario,
      seed,
      ...(!isUnavailable(pinThread) && { pinThread }),
    }
    return { type: 'measured', measurement: await runReplicate(request, { onStage: announce }) }
  } catch (error) {
    return { type: 'failed', code: errorCode(error, 'ERR_PLUGIN_FAILED'), message: errorMessage(error) }
  }
}

process.once('message', async (job: ReplicateJob) => {
  await tell(await measure(job))
  process.exit(0)
})
