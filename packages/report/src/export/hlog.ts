import { cellKey, isUnavailable, type ResultRecord, type Unavailable, unavailable } from '@spsc/core'
import { bucketsOf, whyUnavailable } from '../distribution.js'
import { oneLine } from '../text.js'
import { encodeHistogram } from './hdr-encoding.js'

/** The column of the largest value is in these, as HdrHistogram's tools expect of nanoseconds: milliseconds. */
const MAX_UNIT_NS = 1e6

/** One replicate as an interval of the log. */
interface Interval {
  /** Wall clock, milliseconds since 1970: a label, not a measurement. */
  readonly startMs: number
  readonly lengthS: number
  readonly maxNs: number
  readonly histogram: string
}

/** Seconds of the phase that the latencies come from; 0 where the record does not tell. */
function sampledS(record: ResultRecord): number {
  const phases = record.status === 'ok' ? record.phases : []
  const phase = phases.find(({ sampled }) => sampled !== undefined) ?? phases.find(({ stamped }) => stamped)
  const ns = phase === undefined ? 0 : phase.end_ns - phase.start_ns
  return Number.isFinite(ns) && ns > 0 ? ns / 1e9 : 0
}

function intervalOf(record: ResultRecord): Interval | Unavailable {
  if (record.status === 'failed') return unavailable(`failed: ${record.error.code}`)
  const reason = whyUnavailable(record)
  if (reason !== undefined) return unavailable(reason)
  const latency = bucketsOf(record)
  const histogram = latency && encodeHistogram(latency.buckets)
  if (latency === undefined || histogram === undefined)
    return unavailable('it stores no buckets as the histogram collector cuts them')
  const startMs = Date.parse(record.started_at)
  if (Number.isNaN(startMs)) return unavailable('it does not tell when it started')
  return { startMs, lengthS: sampledS(record), maxNs: latency.max_ns, histogram }
}

/** A tag ends at a comma, and tools cut at blanks. */
function tagText({ scenario, queue }: ResultRecord): string {
  return oneLine(`${scenario}/${queue}`).replaceAll(/[^\p{L}\p{N}._=/:+-]+/gu, '_')
}

/** Two cells never share a tag, whatever their names became. */
function tagsOf(records: readonly ResultRecord[]): (record: ResultRecord) => string {
  const tags = new Map<string, string>()
  for (const record of records) {
    if (tags.has(cellKey(record))) continue
    const text = tagText(record)
    const taken = new Set(tags.values())
    let tag = text
    for (let number = 2; taken.has(tag); number++) tag = `${text}_${number}`
    tags.set(cellKey(record), tag)
  }
  return (record) => tags.get(cellKey(record)) as string
}

function headerOf(baseMs: number): string[] {
  const base = (baseMs / 1000).toFixed(3)
  return [
    '#[Histogram log format version 1.3]',
    '#[Latency, push to pop, of delivered items; a line is a replicate, its tag scenario/queue]',
    '#[Values are nanoseconds, in buckets 0.8 % wide (2 significant digits); Interval_Max is exact, nanoseconds / 1000000]',
    '#[A replicate starts with its process; its length is the seconds in which the items were sampled]',
    `#[BaseTime: ${base} (seconds since epoch)]`,
    `#[StartTime: ${base} (seconds since epoch), ${new Date(baseMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ]
}

/**
 * A log that HdrHistogram's tools read (log format 1.3, V2 encoding): one line per replicate with the distribution of
 * its latency in nanoseconds, tagged `scenario/queue` (what can't stand in a tag is `_`). The stored buckets are
 * HdrHistogram's own at two significant digits, so no count moves; a percentile of the tools is the upper end of its
 * bucket, at most 0.8 % above the value. A replicate without latencies is a comment that says why.
 *
 * @example
 * toHlog(records) // '#[Histogram log format version 1.3]\n…Tag=baseline/sab,0.000,10.000132,1.619968,HISTFAAAA…\n'
 */
export function toHlog(records: readonly ResultRecord[]): string {
  const tag = tagsOf(records)
  const rows = records.map((record) => ({ record, interval: intervalOf(record) }))
  const starts = rows.flatMap(({ interval }) => (isUnavailable(interval) ? [] : [interval.startMs]))
  const baseMs = starts.reduce((least, startMs) => Math.min(least, startMs), starts[0] ?? 0)
  const lines = rows.map(({ record, interval }) => {
    if (isUnavailable(interval)) {
      return `#[${tag(record)}, replicate ${record.replicate}: no line: ${oneLine(interval.unavailable)}]`
    }
    const start = ((interval.startMs - baseMs) / 1000).toFixed(3)
    const max = (interval.maxNs / MAX_UNIT_NS).toFixed(6)
    return `Tag=${tag(record)},${start},${interval.lengthS.toFixed(6)},${max},${interval.histogram}`
  })
  return `${[...headerOf(baseMs), ...lines].join('\n')}\n`
}
