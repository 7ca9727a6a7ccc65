import { type ResultRecord, replicateKey } from '@spsc/core'
import type { Plan, Replicate, WorkTime } from './plan.js'

/** Replicates to measure one after the other, and what is known of the rest of the run. */
export interface Batch {
  readonly replicates: readonly Replicate[]
  /** Replicates of the whole run, as far as they are known. */
  readonly total: number
  /** What comes after this batch, at most. */
  readonly later: WorkTime
}

/** Those of some replicates that have no good record yet. */
export function unmeasured(replicates: readonly Replicate[], records: readonly ResultRecord[]): Replicate[] {
  const ok = records.filter((record) => record.status === 'ok')
  const done = new Set(ok.map(replicateKey))
  const keyOf = ({ cell, replicate }: Replicate) =>
    replicateKey({ scenario: cell.scenario.name, queue: cell.queue.label, replicate })
  return replicates.filter((replicate) => !done.has(keyOf(replicate)))
}

/** A plan is one batch: what is left of it. */
export function batchOf(plan: Plan, records: readonly ResultRecord[]): Batch {
  const replicates = unmeasured(plan.schedule, records)
  return { replicates, total: plan.schedule.length, later: { phasesS: 0, replicates: 0 } }
}
