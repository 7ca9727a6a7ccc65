import { arch, availableParallelism, cpus, loadavg, platform, release, totalmem } from 'node:os'

/** Where a run was measured: what a reader needs before comparing figures. */
export interface Machine {
  readonly platform: string
  readonly cpu: string
  /** CPUs this process may use. */
  readonly cpus: number
  readonly memory_mib: number
  /** Load averages over 1, 5 and 15 minutes as the run began. */
  readonly load: readonly number[]
  readonly node: string
  readonly v8: string
}

export function describeMachine(): Machine {
  return {
    platform: `${platform()} ${release()} ${arch()}`,
    cpu: cpus()[0]?.model ?? 'unknown',
    cpus: availableParallelism(),
    memory_mib: Math.round(totalmem() / 2 ** 20),
    load: loadavg(),
    node: process.version,
    v8: process.versions.v8,
  }
}
