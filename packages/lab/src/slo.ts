import {
  type HistogramData,
  isUnavailable,
  type LatencySummary,
  type MeasuredRecord,
  SpscError,
  type Unavailable,
  unavailable,
} from '@spsc/core'

/** One bound of a service-level objective. */
export interface SloTerm {
  /** In its normal form: `response.p99<100us`, `drop<0.001`. */
  readonly text: string
  /** The figure it bounds, named with its unit: `response_p99_ns`, `drop_rate`. */
  readonly figure: string
  /** The figure stays below this. */
  readonly limit: number
  /** The figure of one replicate; infinite where so many items were dropped that the percentile is one of them. */
  readonly of: (record: MeasuredRecord) => number | Unavailable
}

/** Every term must hold. */
export type Slo = readonly SloTerm[]

const PERCENTILES: Readonly<Record<string, [share: number, key: keyof LatencySummary]>> = {
  p50: [0.5, 'p50_ns'],
  p90: [0.9, 'p90_ns'],
  p95: [0.95, 'p95_ns'],
  p99: [0.99, 'p99_ns'],
  'p99.9': [0.999, 'p99_9_ns'],
}
const UNITS_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 }
const TIME_TERM = /^(?:(latency|response)\.)?(p50|p90|p95|p99|p99\.9)<(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|ms|s)$/
const DROP_TERM = /^drop<(\d+(?:\.\d+)?|\.\d+)$/

const ALLOWED =
  'p50, p90, p95, p99 or p99.9 below a time in ns, us, ms or s (p99<100us, latency.p50<2ms; of the response where ' +
  'neither latency. nor response. is said), and drop below a proportion (drop<0.001), joined by commas'

/**
 * A percentile of the offered items, by nearest rank: one that was dropped never arrived, so it ranks above every time.
 * Without drops it is the stored percentile; with them it is taken from the stored buckets, at their upper edge
 * (0.8 % wide).
 */
function percentileOfOffered(
  { dropped, ...intervals }: HistogramData,
  interval: 'latency' | 'response',
  [share, key]: [number, keyof LatencySummary],
): number | Unavailable {
  const summary = intervals[interval]
  if (isUnavailable(summary)) return dropped > 0 ? Number.POSITIVE_INFINITY : summary
  if (dropped === 0) return summary[key] as number
  // Less than a rank: 0.999 · 1000 must not become 999.0000000001.
  let rank = Math.ceil(share * (summary.n + dropped) - 1e-6)
  for (const [low, width, count] of summary.buckets) {
    rank -= count
    if (rank <= 0) return Math.min(low + width, summary.max_ns)
  }
  return Number.POSITIVE_INFINITY
}

function timeTerm([, interval = 'response', percentile, number, unit]: RegExpExecArray): SloTerm {
  const at = PERCENTILES[percentile as string] as [number, keyof LatencySummary]
  return {
    text: `${interval}.${percentile}<${number}${unit}`,
    figure: `${interval}_${at[1]}`,
    limit: Number(number) * (UNITS_NS[unit as string] as number),
    of({ collectors: { histogram } }) {
      if (histogram === undefined) return unavailable('the histogram collector was not asked for')
      if (isUnavailable(histogram)) return histogram
      return percentileOfOffered(histogram as HistogramData, interval as 'latency' | 'response', at)
    },
  }
}

function dropTerm([, proportion]: RegExpExecArray): SloTerm {
  return {
    text: `drop<${proportion}`,
    figure: 'drop_rate',
    limit: Number(proportion),
    of: ({ drop_rate }) => drop_rate,
  }
}

function parseTerm(text: string): SloTerm | undefined {
  const time = TIME_TERM.exec(text)
  if (time !== null) return timeTerm(time)
  const drop = DROP_TERM.exec(text)
  return drop === null ? undefined : dropTerm(drop)
}

/**
 * Reads a service-level objective. `latency` is push to pop; `response` is intended send to done, so that what waits
 * because an earlier item was late counts as late too.
 *
 * @throws `ERR_OPTION`
 *
 * @example
 * parseSlo('p99<100us,drop<0.001').map(({ text }) => text) // ['response.p99<100us', 'drop<0.001']
 */
export function parseSlo(text: string, calledBy = '--slo'): Slo {
  const terms = text.split(',').map((part) => {
    const term = parseTerm(part.replaceAll(/\s/g, ''))
    if (term !== undefined && term.limit > 0 && (term.figure !== 'drop_rate' || term.limit <= 1)) return term
    throw new SpscError('ERR_OPTION', 'slo', `${calledBy} is ${JSON.stringify(part)}; allowed: ${ALLOWED}`)
  })
  const twice = terms.find(({ figure }, index) => terms.findIndex((term) => term.figure === figure) !== index)
  if (twice === undefined) return terms
  throw new SpscError(
    'ERR_OPTION',
    'slo',
    `${calledBy} bounds ${twice.text.split('<')[0]} twice; give one bound of each`,
  )
}

/** Whether one replicate kept its rate and the objective; a reason where it can't be told. */
export function keeps(record: MeasuredRecord, slo: Slo): boolean | Unavailable {
  if (record.invalid !== undefined) return false
  const figures = slo.map((term) => term.of(record))
  if (figures.some((figure, index) => !isUnavailable(figure) && figure >= (slo[index] as SloTerm).limit)) return false
  return figures.find(isUnavailable) ?? true
}
