import type { AloneReadings, CertificatePlan, TripTimes } from './certificate.js'
import type { JavaScriptThread } from './collected/javascript-thread.js'
import type { ConsumerCounts } from './consumer-loop.js'
import type { ErrorCode } from './errors.js'
import type { Fault } from './faults.js'
import type { Phase, Thread, Unavailable } from './pipeline.js'
import type { PluginRef } from './plugin.js'
import type { ProducerCounts } from './producer-loop.js'
import type { Role } from './queue.js'
import type { Scenario } from './scenario.js'
import type { TraceHandle } from './trace.js'

/** What a worker is born with. */
export interface WorkerSetup {
  readonly role: Role
  readonly backend: PluginRef
  readonly handle: unknown
  readonly scenario: Scenario
  readonly trace: TraceHandle
  readonly gate: SharedArrayBuffer
  /** For both ends to agree on the time. */
  readonly agreement: SharedArrayBuffer
  readonly seed: number
  readonly faults: readonly Fault[]
  /** The CPU it is pinned to, or -1. */
  readonly cpu: number
}

/** Asks for what a certificate is made of; with `trips`, shared memory for them, while the other end does the same. */
export interface Certify {
  readonly name: 'certificate'
  readonly plan: CertificatePlan
  readonly trips?: SharedArrayBuffer
}

export type ToWorker = Phase | Certify

export type FromWorker =
  | ({ readonly type: 'ready' } & Omit<Thread, 'pid'>)
  | {
      readonly type: 'parked'
      readonly counts: ProducerCounts | ConsumerCounts
      readonly javascript: JavaScriptThread
    }
  | { readonly type: 'certified'; readonly readings: AloneReadings | TripTimes | Unavailable }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
