import { totalmem } from 'node:os'
import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'
import type { PinThread } from '@spsc/core/driver'
import { type Cgroup, readCgroup } from './cgroup.js'
import { type Cpus, readCpus } from './cpus.js'
import { type Kernel, readKernel } from './kernel.js'
import { type Limits, readLimits } from './limits.js'
import { readLoad } from './load.js'
import { type PingPong, pingPong } from './ping-pong.js'
import { type Pmu, readPmu } from './pmu.js'
import { type Steal, stealDuring } from './steal.js'
import { readTools, type Tools } from './tools.js'
import { readVirtual, type Virtual } from './virtual.js'

/** All that `spsc doctor` looks at. Whatever could not be had says why. */
export interface Machine {
  /** `linux x64`. */
  readonly system: string
  readonly memory_mib: number
  /** Of this process, without the `v`. */
  readonly node: string
  readonly v8: string
  readonly cpus: Cpus
  readonly kernel: Kernel
  readonly virtual: Virtual
  readonly cgroup: Cgroup
  readonly limits: Limits
  /** Before anything of ours ran. */
  readonly load: number | Unavailable
  /** While the ping-pong ran. */
  readonly steal: Steal | Unavailable
  readonly pmu: Pmu
  readonly tools: Tools
  /** Whether the native addon can be loaded here. */
  readonly addon: true | Unavailable
  readonly ping_pong: PingPong | Unavailable
}

export interface ExamineOptions {
  /** Of the file tree that holds /proc, /sys and /dev. */
  readonly root?: string
  readonly pinThread: PinThread
  /** Only its caller can say: perf knows no queue. */
  readonly addon: true | Unavailable
}

/** Reads all that can be read and measures the rest, in about two seconds. */
export async function examineMachine({ root = '/', pinThread, addon }: ExamineOptions): Promise<Machine> {
  const load = readLoad(root)
  const cpus = readCpus(root)
  const [pmu, tools] = [await readPmu(), await readTools()]
  const playing = isUnavailable(cpus.allowed)
    ? Promise.resolve(unavailable(cpus.allowed.unavailable))
    : pingPong(cpus.allowed, { pinThread })
  const [steal, ping_pong] = await Promise.all([stealDuring(playing, root), playing])
  return {
    system: `${process.platform} ${process.arch}`,
    memory_mib: Math.round(totalmem() / 2 ** 20),
    node: process.versions.node,
    v8: process.versions.v8,
    cpus,
    kernel: readKernel(root),
    virtual: readVirtual(root),
    cgroup: readCgroup(root),
    limits: readLimits(root),
    load,
    steal,
    pmu,
    tools,
    addon,
    ping_pong,
  }
}
