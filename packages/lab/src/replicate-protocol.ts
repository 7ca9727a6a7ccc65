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
}

/** What it says: a stage as each begins, then one ending. */
export type FromReplicate =
  | { readonly type: 'stage'; readonly stage: string }
  | { readonly type: 'measured'; readonly measurement: Measurement }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
