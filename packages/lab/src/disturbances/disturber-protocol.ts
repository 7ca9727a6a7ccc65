import type { Disturbance, ErrorCode } from '@spsc/core'

/** What a disturber is asked to do, and to which process. */
export interface DisturberJob {
  readonly disturbance: Disturbance
  readonly pid: number
}

/** Its one answer. */
export type FromDisturber =
  | { readonly type: 'disturbing' }
  | { readonly type: 'failed'; readonly code: ErrorCode; readonly message: string }
