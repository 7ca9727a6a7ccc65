import { freemem } from 'node:os'
import {
  ABSENT,
  certificateOf,
  type Fault,
  type FaultPlace,
  type Phase,
  type Pipeline,
  type PipelineSetup,
  planCertificate,
  type Scenario,
  SpscError,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { addon, type Kind } from './addon.js'

// Numbers that src/addon knows these by.
const WAIT: Record<Scenario['wait'], number> = { spin: 0, yield: 1, block: 2 }
const PACING: Record<Scenario['pacing'], number> = { sleep: 0, deadline: 1, spin: 2 }

const PLACE: Record<FaultPlace, number> = { pacer: 0, producer: 1, queue: 2, service: 3 }

function faultBytes(faults: readonly Fault[]): Uint8Array {
  const cells = faults.flatMap(({ at, how, ns, everyNs }) => [PLACE[at], how === 'spin' ? 1 : 0, ns, everyNs])
  return new Uint8Array(Float64Array.from(cells).buffer)
}

/**
 * Bytes that the machine can give, within the limit of this process's container. `process.availableMemory()` would count
 * the container's page cache as taken.
 */
function freeMemory(): number {
  // 0, or more than any machine has: there is no limit.
  const limit = process.constrainedMemory() || Number.POSITIVE_INFINITY
  return Math.min(freemem(), limit)
}

/** The addon says -1 of what the kernel does not tell. */
function known(ns: number, what: string): number | Unavailable {
  return ns < 0 ? unavailable(`the kernel keeps no ${what}`) : ns
}

/** Runs the pipeline in two pthreads, which fill the same trace as core's workers do. */
export async function drive(
  kind: Kind,
  { scenario, trace, seed, placement, faults = [], signal }: PipelineSetup,
): Promise<Pipeline> {
  signal.throwIfAborted()
  const native = addon()
  const settings = {
    capacity: scenario.queueCap,
    itemBytes: scenario.itemBytes,
    workBytes: scenario.workBytes,
    pacing: PACING[scenario.pacing],
    poisson: scenario.arrival === 'poisson',
    burst: scenario.burst,
    dropWhenFull: scenario.onFull === 'drop',
    seed,
    memoryBytes: freeMemory(),
    producerCpu: placement.producer ?? ABSENT,
    consumerCpu: placement.consumer ?? ABSENT,
    timerSlackNs: scenario.timerSlack === 'default' ? 0 : scenario.timerSlack,
    faults: faultBytes(faults),
  }
  const rows = new Uint8Array(trace.handle.buffer)
  const driven = native.drive(kind, WAIT[scenario.wait], settings, rows, trace.rows, trace.handle.accounts)
  const { pipeline, producerTid, consumerTid, producerSlackNs, consumerSlackNs, placed } = driven
  const stop = async () => native.stopPipeline(pipeline)
  if (!placed) {
    await stop()
    throw new SpscError(
      'ERR_CAPABILITY',
      'queue-native',
      'the kernel refused to pin a thread; set pinProducer and pinConsumer to none',
    )
  }
  return {
    producer: { pid: process.pid, tid: producerTid, timer_slack_ns: known(producerSlackNs, 'timer slack') },
    consumer: { pid: process.pid, tid: consumerTid, timer_slack_ns: known(consumerSlackNs, 'timer slack') },
    async run(phase: Phase) {
      const { producerRunDelayNs, consumerRunDelayNs, ...counts } = await native.runPhase(pipeline, phase)
      return {
        ...counts,
        producerRunDelayNs: known(producerRunDelayNs, 'schedstat'),
        consumerRunDelayNs: known(consumerRunDelayNs, 'schedstat'),
      }
    },
    certify: async (budgetNs) =>
      certificateOf(await native.certifyPipeline(pipeline, planCertificate(scenario, budgetNs)), scenario),
    stop,
  }
}
