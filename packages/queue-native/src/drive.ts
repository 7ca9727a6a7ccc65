import { ABSENT, type Phase, type Pipeline, type PipelineSetup, type Scenario, SpscError } from '@spsc/core'
import { addon, type Kind } from './addon.js'

// Numbers that src/addon knows these by.
const WAIT: Record<Scenario['wait'], number> = { spin: 0, yield: 1, block: 2 }
const PACING: Record<Scenario['pacing'], number> = { sleep: 0, deadline: 1, spin: 2 }

/** Runs the pipeline in two pthreads, which fill the same trace as core's workers do. */
export async function drive(
  kind: Kind,
  { scenario, trace, seed, placement, signal }: PipelineSetup,
): Promise<Pipeline> {
  signal.throwIfAborted()
  const native = addon()
  const settings = {
    capacity: scenario.queueCap,
    workBytes: scenario.workBytes,
    pacing: PACING[scenario.pacing],
    poisson: scenario.arrival === 'poisson',
    dropWhenFull: scenario.onFull === 'drop',
    seed,
    producerCpu: placement.producer ?? ABSENT,
    consumerCpu: placement.consumer ?? ABSENT,
  }
  const rows = new Uint8Array(trace.handle.buffer)
  const { pipeline, producerTid, consumerTid, placed } = native.drive(
    kind,
    WAIT[scenario.wait],
    settings,
    rows,
    trace.rows,
  )
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
    producer: { pid: process.pid, tid: producerTid },
    consumer: { pid: process.pid, tid: consumerTid },
    run: (phase: Phase) => native.runPhase(pipeline, phase),
    stop,
  }
}
