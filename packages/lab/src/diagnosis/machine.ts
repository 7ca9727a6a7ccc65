import { isUnavailable, type Role, type SchedThread } from '@spsc/core'
import { type Reference, stealShareOf } from './reference.js'
import type { Signals } from './signals.js'

// What the machine did over all replicates: sums, and `undefined` where a replicate does not tell.

function sum(values: readonly (number | undefined)[]): number | undefined {
  let all = 0
  for (const value of values) {
    if (value === undefined) return undefined
    all += value
  }
  return all
}

/** A figure of each replicate, added up. */
function sumOf(replicates: readonly Signals[], of: (signals: Signals) => number | undefined): number | undefined {
  return sum(replicates.map(of))
}

function thread({ machine }: Signals, role: Role): SchedThread | undefined {
  return isUnavailable(machine) ? undefined : machine.threads[role]
}

function figure<Figures extends object, Key extends keyof Figures>(
  figures: Figures | { readonly unavailable: string } | undefined,
  key: Key,
): Figures[Key] | undefined {
  return figures === undefined || isUnavailable(figures) ? undefined : (figures as Figures)[key]
}

export function items(replicates: readonly Signals[]): number {
  return replicates.reduce((all, signals) => all + signals.items, 0)
}

/** Ready to run without a CPU. */
export function runDelayNs(replicates: readonly Signals[], role: Role): number | undefined {
  return sumOf(replicates, (signals) => figure(thread(signals, role)?.run, 'run_delay_ns'))
}

export function cpuNs(replicates: readonly Signals[], role: Role): number | undefined {
  return sumOf(replicates, (signals) => figure(thread(signals, role)?.run, 'cpu_ns'))
}

export function switches(replicates: readonly Signals[], role: Role, kind: 'voluntary' | 'involuntary') {
  return sumOf(replicates, (signals) => figure(thread(signals, role)?.switches, kind))
}

export function wallNs(replicates: readonly Signals[]): number | undefined {
  return sumOf(replicates, ({ machine }) => (isUnavailable(machine) ? undefined : machine.wall_ns))
}

/** CPU time beyond what as many items ordinarily take. */
export function extraCpuNs(replicates: readonly Signals[], role: Role, { cpuPerItemNs }: Reference) {
  const ns = cpuNs(replicates, role)
  return ns === undefined || cpuPerItemNs[role] === 0 ? undefined : ns - items(replicates) * cpuPerItemNs[role]
}

/** Stolen beyond what is ordinary, of the CPU that had most of it. */
export function extraStealNs(replicates: readonly Signals[], { stealShare }: Reference): number | undefined {
  return sumOf(replicates, (signals) => {
    const { machine } = signals
    if (isUnavailable(machine) || isUnavailable(machine.cpus) || stealShareOf(signals) === undefined) return undefined
    const most = Math.max(...machine.cpus.each.map(({ steal_ns }) => steal_ns))
    return Math.max(0, most - stealShare * machine.wall_ns)
  })
}

/** Share of the thread's CPUs that others used: a mean over the replicates. */
export function foreignShare(replicates: readonly Signals[], role: Role): number | undefined {
  const all = sumOf(replicates, (signals) => figure(thread(signals, role)?.allowed, 'foreign_share'))
  return all === undefined ? undefined : all / replicates.length
}

export function collections(replicates: readonly Signals[], role: Role) {
  const counted = replicates.flatMap((signals) => {
    const gc = thread(signals, role)?.gc
    return gc === undefined || isUnavailable(gc) ? [] : [gc]
  })
  if (counted.length < replicates.length || replicates.length === 0) return undefined
  return {
    count: counted.reduce((all, { count }) => all + count, 0),
    ns: counted.reduce((all, { ns }) => all + ns, 0),
    maxNs: Math.max(...counted.map(({ max_ns }) => max_ns)),
  }
}

export function throttling(replicates: readonly Signals[]) {
  const of = (key: 'count' | 'ns') =>
    sumOf(replicates, ({ machine }) => (isUnavailable(machine) ? undefined : figure(machine.throttling, key)))
  const [count, ns] = [of('count'), of('ns')]
  return count === undefined || ns === undefined ? undefined : { count, ns }
}

/** Share of the items that both ends handled on one CPU; `undefined`: not known. */
export function sameCpuShare(replicates: readonly Signals[]): number | undefined {
  const shares = sumOf(replicates, ({ handoffs }) => (isUnavailable(handoffs) ? undefined : handoffs.same_cpu.share))
  return shares === undefined ? undefined : shares / replicates.length
}
