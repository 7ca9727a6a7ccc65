import { createHash } from 'node:crypto'
import { totalmem } from 'node:os'
import { type Fingerprint, isUnavailable } from '@spsc/core'
import { readCgroup } from './cgroup.js'
import { readCpus } from './cpus.js'
import { readKernel } from './kernel.js'
import { readVirtual } from './virtual.js'

const ID_DIGITS = 12

/** What is unavailable is unknown: the reason may be worded otherwise tomorrow. */
function known(value: unknown): unknown {
  return isUnavailable(value) ? null : value
}

function idOf(fields: Omit<Fingerprint, 'id'>): string {
  const text = JSON.stringify(Object.entries(fields).map(([name, value]) => [name, known(value)]))
  return createHash('sha256').update(text).digest('hex').slice(0, ID_DIGITS)
}

/**
 * What decides the figures of this machine as it is set up, the same from run to run.
 *
 * @param root of the file tree that holds /proc and /sys
 *
 * @example
 * const { id, cpu_model } = await fingerprint()
 */
export async function fingerprint(root = '/'): Promise<Fingerprint> {
  const cpus = readCpus(root)
  const kernel = readKernel(root)
  const cgroup = readCgroup(root)
  const fields = {
    system: `${process.platform} ${process.arch}`,
    cpu_model: cpus.model,
    cpus_online: cpus.online,
    cpus_allowed: cpus.allowed,
    cpus_isolated: cpus.isolated,
    packages: cpus.packages,
    cores: cpus.cores,
    numa_nodes: cpus.nodes,
    governors: cpus.governors,
    hypervisor: readVirtual(root).hypervisor,
    kernel: kernel.release,
    preemption: kernel.preemption,
    clock_source: kernel.clock_source,
    timer_slack_ns: kernel.timer_slack_ns,
    cpu_quota: cgroup.cpu_quota,
    memory_limit_mib: cgroup.memory_limit_mib,
    // The kernel keeps a little more or less for itself at each boot.
    memory_gib: Math.round((totalmem() / 2 ** 30) * 2) / 2,
    node: process.versions.node,
    v8: process.versions.v8,
  }
  return { id: idOf(fields), ...fields }
}

function shown(value: unknown): string {
  if (value === undefined) return 'absent'
  if (isUnavailable(value)) return `unavailable (${value.unavailable})`
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/**
 * One line for each field in which two machines, or two set-ups of one, are not the same; none where they are. What is
 * unknown of one and known of the other is a difference.
 *
 * @example
 * differences(before, after) // ['governors: ["powersave"] → ["performance"]']
 */
export function differences(a: Fingerprint, b: Fingerprint): string[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof Fingerprint>
  names.delete('id')
  return [...names]
    .filter((name) => JSON.stringify(known(a[name])) !== JSON.stringify(known(b[name])))
    .map((name) => `${name}: ${shown(a[name])} → ${shown(b[name])}`)
}
