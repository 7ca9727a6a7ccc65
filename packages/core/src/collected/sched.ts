import type { Phase, Unavailable } from '../pipeline.js'
import type { Role } from '../queue.js'
import type { EventLoopDelay, GarbageCollections } from './javascript-thread.js'
import type { Tiered } from './tier.js'

/** Time of a thread by /proc/PID/task/TID/schedstat, in nanoseconds. */
export interface RunTimes {
  /** On a CPU. */
  readonly cpu_ns: number
  /** Runnable and waiting for a CPU. Not in it: the way out of an idle CPU's sleep, and what a hypervisor stole. */
  readonly run_delay_ns: number
  readonly timeslices: number
}

export interface Switches {
  /** The thread went to sleep. */
  readonly voluntary: number
  /** It was runnable and had to give the CPU to another. */
  readonly involuntary: number
}

export interface Faults {
  readonly minor: number
  /** With a read from disk. */
  readonly major: number
}

/** CPU time by mode, in nanoseconds, to a clock tick of 10 ms; the split is the kernel's estimate. */
export interface ModeTimes {
  readonly user_ns: number
  readonly system_ns: number
}

/**
 * The CPUs that a thread may use, as shares of their time, 0 to 1. Busy time is what was neither idle nor stolen.
 *
 * @remarks foreign = (Σ busy − CPU time of those of the pipeline's two threads that may run there) / (CPUs · window): a
 * lower bound where one of the two may run elsewhere too. Interrupts and the ways in and out of idleness are foreign, as
 * are the other threads of the process. Where instructions are translated (QEMU's TCG), those take tens of times as long,
 * and foreign is what tasks of other processes ran (/proc/schedstat), a lower bound likewise.
 */
export interface AllowedCpus {
  readonly cpus: readonly number[]
  readonly busy_share: number
  readonly steal_share: number
  readonly foreign_share: number
  /** Largest error of each share by the clock ticks in which the kernel tells its times. */
  readonly uncertainty: number
}

/** One thread of the pipeline. */
export interface SchedThread {
  readonly run: Tiered<RunTimes>
  readonly switches: Tiered<Switches>
  readonly migrations: Tiered<{ readonly count: number }>
  readonly faults: Tiered<Faults>
  readonly modes: Tiered<ModeTimes>
  /** Where it ran last. */
  readonly last_cpu: number | Unavailable
  readonly allowed: Tiered<AllowedCpus>
  readonly gc: Tiered<GarbageCollections>
  readonly event_loop_delay: Tiered<EventLoopDelay>
}

/** Whether others had a part in a phase, by a rule that knows nothing of the scenario. */
export interface Contamination {
  readonly contaminated: boolean
  /** What is over its threshold, in words. */
  readonly reasons: readonly string[]
  /** What could not be looked at, and why. */
  readonly unjudged: readonly string[]
}

/** One measured phase, from a reading before its gate opened to one after both ends were parked again. */
export interface SchedPhase {
  readonly name: Phase['name']
  /** Nanoseconds between the two readings: all figures are of this window. */
  readonly wall_ns: number
  /** Items delivered in it. */
  readonly delivered: number
  readonly threads: Readonly<Record<Role, SchedThread>>
  /** Every CPU that either thread may use; times in nanoseconds, to three clock ticks and one. */
  readonly cpus: Tiered<{
    readonly resolution_ns: number
    readonly each: readonly { readonly cpu: number; readonly busy_ns: number; readonly steal_ns: number }[]
  }>
  /** Time in which some task of the machine, ours included, waited for a CPU (/proc/pressure/cpu). */
  readonly pressure: Tiered<{ readonly some_ns: number }>
  /** Quota of the process's cgroup and those above: times it ran out, and CPU time held back. */
  readonly throttling: Tiered<{ readonly count: number; readonly ns: number }>
  readonly contamination: Contamination | Unavailable
  /** Nanoseconds that each of the two readings took, all files of both threads. */
  readonly sampling_ns: { readonly before: number; readonly after: number }
}

/** What the `sched` collector stores: a phase as paced, or throughput and sampled. */
export interface SchedData {
  readonly phases: readonly SchedPhase[]
}
