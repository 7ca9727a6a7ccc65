import { type HistogramData, isUnavailable, type LatencySummary, type ResultRecord } from '@spsc/core'

type Interval = 'latency' | 'response'

const FIGURES = ['n', 'min_ns', 'max_ns', 'p50_ns', 'p95_ns', 'p99_ns', 'p99_9_ns'] as const

/** The figures of a stored distribution that a report uses. */
export type Distribution = Pick<LatencySummary, (typeof FIGURES)[number]>

// A record may come from any version of any collector, so its data is looked at before it is believed.
function isDistribution(value: unknown): value is Distribution {
  if (typeof value !== 'object' || value === null) return false
  return FIGURES.every((figure) => Number.isFinite((value as Record<string, unknown>)[figure]))
}

function storedInterval(record: ResultRecord, interval: Interval): unknown {
  const data = record.status === 'failed' ? undefined : record.collectors.histogram
  return isUnavailable(data) ? data : histogramOf(record)?.[interval]
}

/** What the `histogram` collector stored, of any version and so to be looked at; `undefined` where that is no data. */
export function histogramOf(record: ResultRecord): Partial<HistogramData> | undefined {
  if (record.status === 'failed') return undefined
  const data = record.collectors.histogram
  if (typeof data !== 'object' || data === null || isUnavailable(data)) return undefined
  return data
}

/** The distribution that the `histogram` collector stored; `undefined` where there is none. */
export function distributionOf(record: ResultRecord, interval: Interval): Distribution | undefined {
  const stored = storedInterval(record, interval)
  return isDistribution(stored) ? stored : undefined
}

/** Why a measured replicate has no latency; `undefined` where it has. */
export function whyUnavailable(record: ResultRecord): string | undefined {
  if (record.status === 'failed' || distributionOf(record, 'latency') !== undefined) return undefined
  const stored = storedInterval(record, 'latency')
  return isUnavailable(stored) ? stored.unavailable : 'the histogram collector stored no latency'
}

/** Whether items were due at a time: at interval 0 none is, and there is no response. */
export function isPaced({ config }: ResultRecord): boolean {
  return config.prodIntervalUs !== 0
}

function isBucket(value: unknown): value is LatencySummary['buckets'][number] {
  return Array.isArray(value) && value.length === 3 && value.every((part) => Number.isFinite(part) && part >= 0)
}

/** The stored buckets with what bounds them, enough for a curve; `undefined` where there are none. */
export function bucketsOf(
  record: ResultRecord,
  interval: Interval = 'latency',
): (Distribution & Pick<LatencySummary, 'buckets'>) | undefined {
  const stored = distributionOf(record, interval) as Partial<LatencySummary> | undefined
  const { buckets } = stored ?? {}
  if (!Array.isArray(buckets) || buckets.length === 0 || !buckets.every(isBucket)) return undefined
  return stored as LatencySummary
}
