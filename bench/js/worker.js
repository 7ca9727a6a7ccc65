// One end of one sample.
import { parentPort, workerData } from 'node:worker_threads'
import { follow, lead } from './lib/end.js'

const { peer, workload, configuration, end, place, leads, ...setup } = workerData

try {
  const entrant = (await import(peer)).default.workloads[workload][configuration]
  const run = await entrant[end](setup)
  parentPort.postMessage(await (leads ? lead : follow)(place, run))
} catch (error) {
  parentPort.postMessage({ error: error.stack ?? String(error) })
}
