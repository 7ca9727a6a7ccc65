import { parentPort, workerData } from 'node:worker_threads'
import { agreeOnTime } from './clock.js'
import { type ConsumerCounts, ConsumerLoop } from './consumer-loop.js'
import { errorCode, errorMessage } from './errors.js'
import { JavaScriptProbe } from './javascript-probe.js'
import { setTimerSlack } from './kernel-thread.js'
import type { Phase } from './pipeline.js'
import { loadBackend } from './plugin.js'
import { type ProducerCounts, ProducerLoop } from './producer-loop.js'
import type { Supports } from './queue.js'
import { kernelThreadId } from './thread-id.js'
import { attachTrace } from './trace.js'
import { waitsOnEventLoop } from './waiting.js'
import type { FromWorker, ToWorker, WorkerSetup } from './worker-protocol.js'

// One end of the pipeline in a thread of its own. Between phases it is parked on its event loop.
//
//   main     --phase-->  both workers
//   worker   rendezvous with the other, run the phase, --parked--> main

const setup = workerData as WorkerSetup
const port = parentPort as NonNullable<typeof parentPort>
const send = (message: FromWorker) => port.postMessage(message)

/** Both ends leave together: each adds itself, the second wakes the first. `turn` counts phases from 1. */
function rendezvous(gate: Int32Array, turn: number): void {
  const arrived = Atomics.add(gate, 0, 1) + 1
  if (arrived === 2 * turn) Atomics.notify(gate, 0)
  else Atomics.wait(gate, 0, arrived)
}

/** Whether this end's event loop turns in a phase: a producer that drops never waits for room. */
function turns(supports: Supports): boolean {
  const { scenario, role } = setup
  return waitsOnEventLoop(scenario, supports) && (role === 'consumer' || scenario.onFull === 'block')
}

async function prepare(): Promise<(phase: Phase) => Promise<void>> {
  const backend = await loadBackend(setup.backend)
  const probe = new JavaScriptProbe(turns(backend.supports))
  const observed = (run: (phase: Phase) => Promise<ProducerCounts | ConsumerCounts>) => async (phase: Phase) => {
    const end = probe.begin()
    const counts = await run(phase)
    send({ type: 'parked', counts, javascript: await end() })
  }
  const queue = backend.attach(setup.handle)
  const trace = attachTrace(setup.trace)
  if (setup.role === 'producer') {
    const loop = new ProducerLoop(queue.producer(), backend.supports, setup, trace)
    return observed((phase) => loop.run(phase))
  }
  const loop = new ConsumerLoop(queue.consumer(), backend.supports, setup, trace)
  return observed((phase) => loop.run(phase))
}

function fail(error: unknown): void {
  send({ type: 'failed', code: errorCode(error, 'ERR_PLUGIN_FAILED'), message: errorMessage(error) })
}

try {
  const run = await prepare()
  agreeOnTime(setup.agreement, setup.role === 'producer' ? 'leader' : 'follower')
  const gate = new Int32Array(setup.gate)
  let turn = 0
  port.on('message', async (phase: ToWorker) => {
    try {
      rendezvous(gate, ++turn)
      await run(phase)
    } catch (error) {
      fail(error)
    }
  })
  send({ type: 'ready', tid: kernelThreadId(), timer_slack_ns: setTimerSlack(setup.scenario.timerSlack) })
} catch (error) {
  fail(error)
}
