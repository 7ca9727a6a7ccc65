import type { Unavailable } from './pipeline.js'

/**
 * What decides the figures of a machine as it is set up, and stays the same from run to run: no load, no steal, no time.
 * Kept in the manifest of a run.
 */
export interface Fingerprint {
  /** Twelve hexadecimal digits over all other fields; whatever is unavailable counts as unknown, for whatever reason. */
  readonly id: string
  /** `linux x64`. */
  readonly system: string
  readonly cpu_model: string | Unavailable
  /** CPUs that run, and those that this process may use. */
  readonly cpus_online: readonly number[] | Unavailable
  readonly cpus_allowed: readonly number[] | Unavailable
  /** CPUs taken from the scheduler at boot (`isolcpus`). */
  readonly cpus_isolated: readonly number[] | Unavailable
  /** Online CPUs by package (socket), by core, by NUMA node: a core with two CPUs has SMT. */
  readonly packages: readonly (readonly number[])[] | Unavailable
  readonly cores: readonly (readonly number[])[] | Unavailable
  readonly numa_nodes: readonly (readonly number[])[] | Unavailable
  /** Frequency governors of the allowed CPUs, each once, by name. */
  readonly governors: readonly string[] | Unavailable
  /** `none` on bare metal. */
  readonly hypervisor: string | Unavailable
  readonly kernel: string | Unavailable
  readonly preemption: string | Unavailable
  readonly clock_source: string | Unavailable
  readonly timer_slack_ns: number | Unavailable
  /** CPUs' worth of time that the control group allows, or `none` where it sets no limit. */
  readonly cpu_quota: number | 'none' | Unavailable
  readonly memory_limit_mib: number | 'none' | Unavailable
  /** Of the whole machine, to half a GiB. */
  readonly memory_gib: number
  readonly node: string
  readonly v8: string
}
