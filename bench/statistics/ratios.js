import { isUnavailable } from '@spsc/core'
import { findKpi, median } from '@spsc/metrics'

/** Of a normal distribution: its standard deviation over its median absolute deviation. */
const NORMAL = 1.4826

/**
 * What the p99 of one row is off by from that of another in the same block, as a logarithm, for A against B and A against
 * its twin: what chance does to it on a machine, where all three are one scenario.
 */
export function logRatios(a, b, twin) {
  const p99 = findKpi('latency.p99').of
  const of = (record) => (record?.status === 'ok' && !isUnavailable(p99(record)) ? Math.log(p99(record)) : Number.NaN)
  return a
    .flatMap((record) =>
      [b, twin].map((row) => of(row.find(({ replicate }) => replicate === record.replicate)) - of(record)),
    )
    .filter(Number.isFinite)
}

/** Standard deviation around 0 of what is normal but for a few wild values; NaN of none. */
export function robustDeviation(ratios) {
  return ratios.length === 0 ? Number.NaN : NORMAL * median(ratios.map(Math.abs))
}
