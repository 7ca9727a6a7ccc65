import { parentPort, workerData } from 'node:worker_threads'
import { readAlone } from './certify-alone.js'
import { readTogether } from './certify-together.js'
import { agreeOnTime } from './clock.js'
import { ConsumerLoop } from './consumer-loop.js'
import { errorCode, errorMessage } from './errors.js'
import { JavaScriptProbe } from './javascript-probe.js'
import { kernelThreadId, setTimerSlack } from './kernel-thread.js'
import { unavailable } from './pipeline.js'
import { loadBackend } from './plugin.js'
import { ProducerLoop } from './producer-loop.js'
import type { Supports } from './queue.js'
import { attachTrace } from './trace.js'
import { waitsOnEventLoop } from './waiting.js'
import type { Certify, FromWorker, ToWorker, WorkerSetup } from './worker-protocol.js'

// One end of the pipeline in a thread of its own. Between phases it is parked on its event loop.
//
//   main     --phase-->  both workers
//   worker   rendezvous with the other, run the phase, --parked--> main
//
// When the run is over, main asks the same two for the readings of the certificate.

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

/** A figure that can't be had is missing in the certificate, and the run goes on. */
async function certify({ plan, trips }: Certify, supports: Supports): Promise<void> {
  const { role, scenario, cpu } = setup
  try {
    const readings =
      trips === undefined ? await readAlone(role, scenario, supports, cpu, plan) : readTogether(role, trips, plan)
    send({ type: 'certified', readings })
  } catch (error) {
    send({ type: 'certified', readings: unavailable(errorMessage(error)) })
  }
}

/** Does what main asks for, each time from a parked start. */
function answer(loop: ProducerLoop | ConsumerLoop, supports: Supports): (asked: ToWorker) => Promise<void> {
  const gate = new Int32Array(setup.gate)
  const probe = new JavaScriptProbe(turns(supports))
  let turn = 0
  return async (asked) => {
    if (asked.name === 'certificate') return certify(asked, supports)
    rendezvous(gate, ++turn)
    const end = probe.begin()
    const counts = await loop.run(asked)
    send({ type: 'parked', counts, javascript: await end() })
  }
}

async function prepare(): Promise<(asked: ToWorker) => Promise<void>> {
  const backend = await loadBackend(setup.backend)
  const queue = backend.attach(setup.handle)
  const trace = attachTrace(setup.trace)
  if (setup.role === 'producer') {
    return answer(new ProducerLoop(queue.producer(), backend.supports, setup, trace), backend.supports)
  }
  return answer(new ConsumerLoop(queue.consumer(), backend.supports, setup, trace), backend.supports)
}

function fail(error: unknown): void {
  send({ type: 'failed', code: errorCode(error, 'ERR_PLUGIN_FAILED'), message: errorMessage(error) })
}

try {
  const handle = await prepare()
  agreeOnTime(setup.agreement, setup.role === 'producer' ? 'leader' : 'follower')
  port.on('message', async (asked: ToWorker) => {
    try {
      await handle(asked)
    } catch (error) {
      fail(error)
    }
  })
  send({ type: 'ready', tid: kernelThreadId(), timer_slack_ns: setTimerSlack(setup.scenario.timerSlack) })
} catch (error) {
  fail(error)
}
