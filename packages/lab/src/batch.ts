import type { ResultRecord } from '@spsc/core'
import { cellKey, type Plan, type Replicate, type WorkTime } from './plan.js'

/** Replicates to measure one after the other, and what is known of the rest of the run. */
export interface Batch {
  readonly replicates: readonly Replicate[]
  /** Replicates of the whole run, as far as they are known. */
  readonly total: number
  /** What comes after this batch, at most. */
  readonly later: WorkTime
}

/** Tells one replicate's record from another's. */
export function replicateKey(scenario: string, queue: string, replicate: number): string {
  return `${cellKey(scenario, queue)} ${replicate}`
}

/** Those of some replicates that have no good record yet. */
export function unmeasured(replicates: readonly Replicate[], records: readonly ResultRecord[]): Replicate[] {
  const ok = records.filter((record) => record.status === 'ok')
  const done = new Set(ok.map(({ scenario, queue, replicate }) => replicateKey(scenario, queue, replicate)))
  return replicates.filter(
    ({ cell, replicate }) => !done.has(replicateKey(cell.scenario.name, cell.queue.label, replicate)),
  )
}

/** A plan is one batch: what is left of it. */
export function batchOf(plan: Plan, records: readonly ResultRecord[]): Batch {
  const replicates = unmeasured(plan.schedule, records)
  return { replicates, total: plan.schedule.length, later: { phasesS: 0, replicates: 0 } }
}
