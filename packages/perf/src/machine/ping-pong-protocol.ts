import type { Thread } from '@spsc/core'

export type Role = 'leader' | 'follower'

/** What stands in the word when the leader has finished: no value of play is negative. */
export const STOP = -1

export interface PingPongSetup {
  /** Four bytes that both players read and write, alone in their cache line. */
  readonly word: SharedArrayBuffer
  readonly batchRounds: number
  readonly warmUpNs: number
  /** The leader begins no batch after that, unless it has fewer than `minBatches`. */
  readonly budgetNs: number
  readonly minBatches: number
}

/** A player says its id once, then answers each role with what it measured. */
export type FromPlayer = { readonly tid: Thread['tid'] } | { readonly batches: readonly number[] }
