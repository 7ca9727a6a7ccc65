import {
  type HistogramData,
  isUnavailable,
  type MeasuredRecord,
  percentileOfOffered,
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

const PERCENTILES = { p50: 'p50_ns', p90: 'p90_ns', p95: 'p95_ns', p99: 'p99_ns', 'p99.9': 'p99_9_ns' } as const
const UNITS_NS: Readonly<Record<string, number>> = { ns: 1, us: 1e3, µs: 1e3, ms: 1e6, s: 1e9 }
const TIME_TERM = /^(?:(latency|response)\.)?(p50|p90|p95|p99|p99\.9)<(\d+(?:\.\d+)?|\.\d+)(ns|us|µs|ms|s)$/
const DROP_TERM = /^drop<(\d+(?:\.\d+)?|\.\d+)$/

const ALLOWED =
  'p50, p90, p95, p99 or p99.9 below a time in ns, us, ms or s (p99<100us, latency.p50<2ms; of the response where ' +
  'neither latency. nor response. is said), and drop below a proportion (drop<0.001), joined by commas'

function timeTerm([, interval = 'response', percentile, number, unit]: RegExpExecArray): SloTerm {
  const at = PERCENTILES[percentile as keyof typeof PERCENTILES]
  return {
    text: `${interval}.${percentile}<${number}${unit}`,
    figure: `${interval}_${at}`,
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
