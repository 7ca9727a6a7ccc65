import {
  loadBackend,
  type Phase,
  type PhaseCounts,
  type Pipeline,
  type PipelineSetup,
  type QueueBackend,
} from '@spsc/core'
import { LAMPORT } from './fixtures.js'

const lamport = await loadBackend({ module: LAMPORT })

export const START_NS = 1_000_000_000n

/** A pipeline that runs nothing: it fills three rows, which `counts` may fill anew, and reports the counts it is given. */
export function driven(
  counts: (phase: Phase) => Partial<PhaseCounts> | Promise<never>,
  more: Partial<QueueBackend> = {},
  certify?: Pipeline['certify'],
) {
  const calls: string[] = []
  const setups: PipelineSetup[] = []
  const backend: QueueBackend = {
    ...lamport,
    name: 'driven',
    create: () => {
      throw new Error('core must not create what drives itself')
    },
    async drive(setup) {
      calls.push('drive')
      setups.push(setup)
      return {
        producer: { pid: 1, tid: 11 },
        consumer: { pid: 1, tid: { unavailable: 'not told' } },
        async run(phase) {
          calls.push(
            `${phase.name} ${phase.durationNs / 1e6} ms every ${phase.intervalNs} ns${phase.stamped ? ', stamped' : ''}`,
          )
          for (let row = 0; phase.stamped && row < 3; row++) {
            for (const column of ['due', 'sent', 'pushed', 'popped', 'done'] as const)
              setup.trace[column][row] = START_NS + BigInt(row)
          }
          return {
            offered: 100,
            delivered: 100,
            dropped: 0,
            outOfOrder: 0,
            scheduled: 100,
            offersEndNs: START_NS + 100_000_000n,
            startNs: START_NS,
            endNs: START_NS + 100_000_000n,
            ...(await counts(phase)),
          }
        },
        ...(certify !== undefined && { certify }),
        async stop() {
          calls.push('stop')
        },
      }
    },
    ...more,
  }
  return { backend, calls, setups }
}
