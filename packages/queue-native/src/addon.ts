import { createRequire } from 'node:module'
import { type CertificatePlan, errorMessage, type Phase, type PhaseCounts, type Readings, SpscError } from '@spsc/core'

/** A ring or pipeline of the addon, as JavaScript may hold it and no more. */
export interface Opaque {
  readonly opaque: unique symbol
}

/** How the addon calls the queues: its own two, and the rings of queue-sab by their element type. */
export const KIND = { native: 0, mutex: 1, i32: 2, f64: 3, u32: 4, f32: 5 } as const
export type Kind = (typeof KIND)[keyof typeof KIND]

export const PUSHED = 0
export const TIMED_OUT = 1

export interface PipelineSettings {
  readonly capacity: number
  readonly itemBytes: number
  readonly workBytes: number
  readonly pacing: number
  readonly poisson: boolean
  readonly burst: number
  readonly dropWhenFull: boolean
  readonly seed: number
  /** That the queue may take. */
  readonly memoryBytes: number
  readonly producerCpu: number
  readonly consumerCpu: number
  /** 0: what a thread is born with. */
  readonly timerSlackNs: number
  /** The bytes of four doubles a fault: place, whether it spins, `ns`, `everyNs`. */
  readonly faults: Uint8Array
}

/** Counts as the addon gives them: a run delay of -1 is not known. */
export interface Counts extends PhaseCounts {
  readonly producerRunDelayNs: number
  readonly consumerRunDelayNs: number
}

/** What src/addon/addon.cc exports. */
export interface Addon {
  ringBytes(kind: Kind, capacity: number): number
  ringInit(kind: Kind, buffer: Uint8Array, capacity: number): void
  ringAttach(kind: Kind, buffer: Uint8Array): number
  ringEnd(kind: Kind, buffer: Uint8Array, isProducer: boolean): Opaque
  endTryPush(end: Opaque, item: number): boolean
  endPush(end: Opaque, item: number, timeoutMs: number): number
  endTryPop(end: Opaque): number | undefined
  endPop(end: Opaque, timeoutMs: number): number | undefined
  endClose(end: Opaque): void
  endClosed(end: Opaque): boolean
  futexWait(words: Int32Array, index: number, seen: number, timeoutMs: number): void
  futexWake(words: Int32Array, index: number): void
  /** Never rejects. */
  futexWaitAsync(words: Int32Array, index: number, seen: number, timeoutMs: number, id: number): Promise<void>
  futexCancel(id: number): void
  allowedCpus(): number[]
  pinThread(tid: number, cpu: number): boolean
  drive(
    kind: Kind,
    wait: number,
    settings: PipelineSettings,
    trace: Uint8Array,
    rows: number,
    accounts: boolean,
  ): Driven
  runPhase(pipeline: Opaque, phase: Phase): Promise<Counts>
  /** Rejects as `runPhase` does. */
  certifyPipeline(pipeline: Opaque, plan: CertificatePlan): Promise<Readings>
  stopPipeline(pipeline: Opaque): void
}

export interface Driven {
  readonly pipeline: Opaque
  readonly producerTid: number
  readonly consumerTid: number
  /** As each thread read it; -1: not known. */
  readonly producerSlackNs: number
  readonly consumerSlackNs: number
  /** Whether both threads run on the CPUs asked for. */
  readonly placed: boolean
}

let loaded: Addon | undefined

/**
 * The addon of this platform, loaded once.
 *
 * @throws `ERR_CAPABILITY` where the package has none, or one that this Node can't load
 */
export function addon(): Addon {
  if (loaded !== undefined) return loaded
  const file = `spsc-${process.platform}-${process.arch}.node`
  try {
    loaded = createRequire(import.meta.url)(`./${file}`) as Addon
    return loaded
  } catch (error) {
    const reason = errorMessage(error).split('\n')[0]
    throw new SpscError(
      'ERR_CAPABILITY',
      'queue-native',
      `${file} can't be loaded: ${reason}; build it with npm run build where g++ is installed, or use --queue sab`,
      { cause: error },
    )
  }
}
