import type { Unavailable } from './pipeline.js'

/**
 * How a guest is run: `smp`, as a machine of several CPUs; `deterministic`, on one CPU whose time is the number of
 * instructions it has run, so that the same run gives the same figures to the nanosecond.
 */
export const GUEST_MODES = ['smp', 'deterministic'] as const

/** Where a run can be measured. */
export const GROUNDS = ['host', 'qemu'] as const

/** Who runs a guest's instructions: `tcg` translates them, `kvm` lets the CPU run them. */
export const ACCELERATORS = ['tcg', 'kvm'] as const

export type Accelerator = (typeof ACCELERATORS)[number]

export type GuestMode = (typeof GUEST_MODES)[number]

/** Measured by the machine that spsc was started on. */
export interface HostGround {
  readonly in: 'host'
  readonly clock_source: string | Unavailable
}

/** Measured inside a guest. Kernel and clock source are the guest's. */
export interface GuestGround {
  readonly in: 'qemu'
  readonly mode: GuestMode
  readonly accelerator: Accelerator
  readonly cpus: number
  readonly memory_mib: number
  /** Version of the emulator. */
  readonly qemu: string
  readonly kernel: string | Unavailable
  readonly clock_source: string | Unavailable
}

/** What a replicate was measured on. */
export type Ground = HostGround | GuestGround

/** What a ground is asked to be: without that, figures of one run would be of two machines. */
function asked(ground: Ground): readonly unknown[] {
  if (ground.in === 'host') return ['host']
  return [ground.in, ground.mode, ground.accelerator, ground.cpus, ground.memory_mib]
}

/** Whether replicates of both may stand in one run. Absent: stored before grounds were, on a host. */
export function isSameGround(a: Ground | undefined, b: Ground | undefined): boolean {
  const host: Ground = { in: 'host', clock_source: { unavailable: 'not stored' } }
  return JSON.stringify(asked(a ?? host)) === JSON.stringify(asked(b ?? host))
}

/**
 * In a few words: `host`, `QEMU smp (tcg, 2 CPUs, 512 MiB)`.
 *
 * @example
 * groundText(record.ground) // 'host'
 */
export function groundText(ground: Ground): string {
  if (ground.in === 'host') return 'host'
  const { mode, accelerator, cpus, memory_mib } = ground
  return `QEMU ${mode} (${accelerator}, ${cpus} CPU${cpus === 1 ? '' : 's'}, ${memory_mib} MiB)`
}

/**
 * What a deterministic guest was found to be: booted twice for one run, and the raw latencies of both compared.
 * Kept in the manifest.
 */
export interface Determinism {
  readonly boots: 2
  readonly identical: boolean
  /** SHA-256 over the raw latencies of all replicates, in the order of measurement, of each boot. */
  readonly sha256: readonly [first: string, second: string]
  /** Positions in the order of measurement, from 1, of the replicates that differ. */
  readonly differing: readonly number[]
}
