import { cellKey, type ResultRecord } from '@spsc/core'

/** The replicates of one scenario on one queue. */
export interface Cell {
  readonly scenario: string
  readonly queue: string
  /** In the order stored. */
  readonly records: readonly ResultRecord[]
}

/** Groups records by scenario and queue, in the order of the plan: the order of measurement is random. */
export function cellsOf(records: readonly ResultRecord[]): readonly Cell[] {
  const groups = new Map<string, ResultRecord[]>()
  for (const record of [...records].sort((a, b) => a.cell - b.cell)) {
    const key = cellKey(record)
    groups.set(key, [...(groups.get(key) ?? []), record])
  }
  return [...groups.values()].map((group) => {
    const { scenario, queue } = group[0] as ResultRecord
    return { scenario, queue, records: group }
  })
}
