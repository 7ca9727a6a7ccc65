import type { ErrorCode, PluginRef, Scenario } from '@spsc/core'
import type { Measurement } from '@spsc/core/driver'

/** A collector to load in the replicate's process, and the plain data it is made with. */
export interface CollectorChoice {
  readonly plugin: PluginRef
  readonly options?: unknown
}

/** What a replicate's process is asked to do. */
export interface ReplicateJob {
  readonly backend: PluginRef
  readonly collectors: readonly CollectorChoice[]
  readonly scenario: Scenario
  readonly seed: number
  /** Module that pins threads, where there is one. */
  readonly affinity: string | undefined
}

/** The parent's answer to a stage: it has said what there is to say of it, and sleeps. */
export const GO = 'go'

/** What it says: a stage as each begins, waiting for {@link GO}, then one ending. */
export type FromReplicate =
  | { readonly type: 'stage'; readonly stage: string }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
