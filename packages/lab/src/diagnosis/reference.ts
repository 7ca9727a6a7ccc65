import { isUnavailable } from '@spsc/core'
import { median } from '@spsc/metrics'
import { medianVector, type Signals, type Vector, vectorOf } from './signals.js'

/** What is ordinary: the measure of an excess. */
export interface Reference {
  /** Whether it is other runs, or the median band of the very one that is diagnosed. */
  readonly isOwn: boolean
  readonly replicates: number
  /** What the worst items of a window are ordinarily made of. */
  readonly worst: Vector
  /** What an item near the median is ordinarily made of. */
  readonly middle: Vector
  readonly dropRate: number
  /** Time stolen by a hypervisor, and CPU time of each thread by item; 0 where it is not known. */
  readonly stealShare: number
  readonly cpuPerItemNs: { readonly producer: number; readonly consumer: number }
  /** What the worst items of its own windows had; none: they are those of the very run. */
  readonly windows: readonly Vector[]
}

const ZERO = vectorOf(() => 0)
function known(values: readonly (number | undefined)[]): number {
  const numbers = values.filter((value) => value !== undefined)
  return numbers.length === 0 ? 0 : median(numbers)
}

export function stealShareOf({ machine }: Signals): number | undefined {
  if (isUnavailable(machine) || isUnavailable(machine.cpus)) return undefined
  const { each } = machine.cpus
  return each.reduce((sum, { steal_ns }) => sum + steal_ns, 0) / (each.length * machine.wall_ns)
}

export function cpuPerItem({ machine, items }: Signals, role: 'producer' | 'consumer'): number | undefined {
  if (isUnavailable(machine)) return undefined
  const { run } = machine.threads[role]
  return isUnavailable(run) ? undefined : run.cpu_ns / items
}

/** The reference that other replicates are. */
export function referenceOf(replicates: readonly Signals[]): Reference {
  const windows = replicates.flatMap((signals) => signals.windows)
  const worst = medianVector(windows.map((window) => window.worst))
  return {
    isOwn: false,
    replicates: replicates.length,
    worst,
    middle: medianVector(replicates.map(({ middle }) => middle)),
    dropRate: median(replicates.map(({ dropRate }) => dropRate)),
    stealShare: known(replicates.map(stealShareOf)),
    cpuPerItemNs: {
      producer: known(replicates.map((signals) => cpuPerItem(signals, 'producer'))),
      consumer: known(replicates.map((signals) => cpuPerItem(signals, 'consumer'))),
    },
    windows: windows.map((window) => window.worst),
  }
}

/**
 * Where there is nothing to compare with, an item near the median is what is ordinary. Of what such an item itself takes
 * too long over, only waits for its time and for a CPU have a measure then: there should be none.
 */
export function ownReference(replicates: readonly Signals[]): Reference {
  const middle = medianVector(replicates.map((signals) => signals.middle))
  return {
    isOwn: true,
    replicates: replicates.length,
    worst: middle,
    middle: { ...ZERO, p_own: middle.p_own, c_wake: middle.c_wake, s_cpu: middle.s_cpu, s_off: middle.s_off },
    dropRate: 0,
    stealShare: 0,
    cpuPerItemNs: { producer: 0, consumer: 0 },
    windows: [],
  }
}
