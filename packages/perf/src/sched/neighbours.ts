import {
  type AllowedCpus,
  isUnavailable,
  type SchedPhase,
  type Tiered,
  type Unavailable,
  unavailable,
} from '@spsc/core'
import { BUSY_ERROR_NS, type CpuUse, useOfCpu } from './cpu-times.js'
import type { Sample } from './sample.js'
import type { ThreadSample } from './thread-sample.js'
import { TICK_NS } from './ticks.js'

/** A thread of the pipeline: where it may run, and how long it ran. */
export interface Own {
  readonly allowed: ThreadSample['allowed']
  readonly cpuNs: number | Unavailable
}

/** What each of some CPUs did between two samples. */
export function useOfCpus(cpus: readonly number[], before: Sample, after: Sample): readonly CpuUse[] | Unavailable {
  if (isUnavailable(before.cpus)) return before.cpus
  if (isUnavailable(after.cpus)) return after.cpus
  const uses: CpuUse[] = []
  for (const cpu of cpus) {
    const [then, now] = [before.cpus.get(cpu), after.cpus.get(cpu)]
    if (then === undefined || now === undefined) return unavailable(`CPU ${cpu} was not there all the time`)
    // A guest that the host keeps waiting loses ticks by the hundred, and none of its idleness.
    const leastShare = after.translated === undefined ? undefined : 0
    const use = useOfCpu(cpu, then, now, after.atNs - before.atNs, leastShare)
    if (isUnavailable(use)) return use
    uses.push(use)
  }
  return uses
}

/** Every CPU that one of the threads may use. */
export function cpusOf(threads: readonly Own[], before: Sample, after: Sample): SchedPhase['cpus'] {
  const missing = threads.map(({ allowed }) => allowed).find(isUnavailable)
  if (missing !== undefined) return missing
  const cpus = [...new Set(threads.flatMap(({ allowed }) => (isUnavailable(allowed) ? [] : allowed)))]
  const each = useOfCpus(
    cpus.sort((a, b) => a - b),
    before,
    after,
  )
  return isUnavailable(each) ? each : { tier: 'proc', resolution_ns: TICK_NS, each }
}

/**
 * CPU time of others on some CPUs where instructions are translated: what tasks ran, without the pipeline's process. Not
 * in it: the kernel's own work for our threads' wake-ups. A lower bound where the process may run elsewhere too.
 */
function othersOf(
  uses: readonly CpuUse[],
  { translated: then }: Sample,
  { translated: now }: Sample,
): number | Unavailable {
  if (then === undefined || now === undefined) return unavailable('it was not there all the time')
  for (const { tasks } of [then, now]) {
    if (isUnavailable(tasks)) {
      return unavailable(
        `where instructions are translated (TCG), only tasks' own times tell others from the emulator's cost: ${tasks.unavailable}; it takes a kernel with CONFIG_SCHEDSTATS`,
      )
    }
  }
  if (isUnavailable(then.processNs)) return then.processNs
  if (isUnavailable(now.processNs)) return now.processNs
  const ran = uses.map(({ cpu, busy_ns }) => {
    const [before, after] = [then, now].map(({ tasks }) => (isUnavailable(tasks) ? undefined : tasks.get(cpu)))
    // A task's time counts when it leaves: where none has left, whoever was there is there still.
    if (before === undefined || after === undefined || after.timeslices === before.timeslices) return busy_ns
    return Math.min(busy_ns, after.ran_ns - before.ran_ns)
  })
  return sum(ran) - (now.processNs - then.processNs)
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}

/** How the CPUs of the first thread were shared with others than the two. */
export function neighboursOf(thread: Own, peer: Own, before: Sample, after: Sample): Tiered<AllowedCpus> {
  const { allowed } = thread
  if (isUnavailable(allowed)) return allowed
  const uses = useOfCpus(allowed, before, after)
  if (isUnavailable(uses)) return uses
  const meets = isUnavailable(peer.allowed) || peer.allowed.some((cpu) => allowed.includes(cpu))
  let ownNs = 0
  for (const { cpuNs } of meets ? [thread, peer] : [thread]) {
    if (isUnavailable(cpuNs)) return cpuNs
    ownNs += cpuNs
  }
  const wallNs = after.atNs - before.atNs
  const busyNs = sum(uses.map(({ busy_ns }) => busy_ns))
  const othersNs = after.translated === undefined ? busyNs - ownNs : othersOf(uses, before, after)
  if (isUnavailable(othersNs)) return othersNs
  const share = (ns: number) => Math.max(0, ns) / (allowed.length * wallNs)
  return {
    tier: 'proc',
    cpus: allowed,
    busy_share: share(busyNs),
    steal_share: share(sum(uses.map(({ steal_ns }) => steal_ns))),
    foreign_share: share(othersNs),
    uncertainty: BUSY_ERROR_NS / wallNs,
  }
}
