import { isUnavailable, type ResultRecord } from '@spsc/core'

// A record may come from any version of core, or from a queue that makes certificates of its own: it is looked at before
// it is believed.

/** The part of a record's certificate that has this name; `undefined` where there is none. */
export function certified(record: ResultRecord, part: string): unknown {
  if (record.status === 'failed') return undefined
  const certificate: unknown = record.certificate
  if (isUnavailable(certificate)) return certificate
  if (typeof certificate !== 'object' || certificate === null) return undefined
  return (certificate as Record<string, unknown>)[part]
}

/** Nanoseconds below which a one-way latency of this record means nothing; `undefined` where they are not known. */
export function floorOf(record: ResultRecord): number | undefined {
  const floor = certified(record, 'floor_ns')
  return typeof floor === 'number' && Number.isFinite(floor) && floor >= 0 ? floor : undefined
}
