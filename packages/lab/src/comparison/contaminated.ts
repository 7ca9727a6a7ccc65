import { isUnavailable, type MeasuredRecord, type SchedData } from '@spsc/core'

/** Why a replicate was disturbed by others, by the `sched` collector's own thresholds; none where it was not, or nobody looked. */
export function contaminationOf(record: MeasuredRecord): readonly string[] {
  const data = record.collectors.sched as SchedData | undefined
  if (data === undefined || isUnavailable(data) || !Array.isArray(data.phases)) return []
  return data.phases.flatMap(({ contamination }) =>
    isUnavailable(contamination) || !contamination.contaminated ? [] : contamination.reasons,
  )
}
