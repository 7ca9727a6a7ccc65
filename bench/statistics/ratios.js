import { isUnavailable } from '@spsc/core'
import { findKpi, median } from '@spsc/metrics'

/** Of a normal distribution: its standard deviation over its median absolute deviation. */
const NORMAL = 1.4826

/** What the p99 of one row is off by from that of another in the same block, as a logarithm, block by block. */
export function logRatios(row, other) {
  const p99 = findKpi('latency.p99').of
  const of = (record) => (record?.status === 'ok' && !isUnavailable(p99(record)) ? Math.log(p99(record)) : Number.NaN)
  return row
    .map((record) => of(other.find(({ replicate }) => replicate === record.replicate)) - of(record))
    .filter(Number.isFinite)
}

/** Standard deviation around 0 of what is normal but for a few wild values; NaN of none. */
export function robustDeviation(ratios) {
  return ratios.length === 0 ? Number.NaN : NORMAL * median(ratios.map(Math.abs))
}
