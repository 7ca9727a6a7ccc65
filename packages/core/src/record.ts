import * as v from 'valibot'
import type { Certificate } from './collected/certificate.js'
import type { ErrorCode } from './errors.js'
import type { Ground } from './ground.js'
import type { LittlesLaw } from './littles-law.js'
import type { Phase, PhaseCounts, Thread, Unavailable } from './pipeline.js'
import type { Scenario } from './scenario.js'

/** Version of {@link ResultRecord}; readers refuse a newer one. */
export const RECORD_SCHEMA = 1

/** One measured phase as stored. Times are nanoseconds as numbers, exact up to 104 days. */
export interface PhaseRecord
  extends Pick<Phase, 'name' | 'stamped'>,
    Pick<PhaseCounts, 'offered' | 'delivered' | 'dropped' | 'javascript'> {
  /** Clock at the first offer, when the producer stopped offering, and after the last item was consumed. */
  readonly start_ns: number
  readonly offers_end_ns: number
  readonly end_ns: number
  /** Items whose due time fell into the phase: what a kept schedule offers. */
  readonly scheduled: number
  /** Nanoseconds that pushes waited for room, and that the producer woke late, summed. Absent at interval 0. */
  readonly blocked_ns?: number | Unavailable
  readonly late_ns?: number | Unavailable
  /** Nanoseconds that each thread was ready to run without a CPU. */
  readonly producer_run_delay_ns?: number | Unavailable
  readonly consumer_run_delay_ns?: number | Unavailable
  /** Trace rows filled, and the mean number of items per row; absent when unstamped. */
  readonly sampled?: number
  readonly mean_gap?: number
}

/**
 * What kept a producer from its rate: a full queue, late wake-ups, want of a CPU (its own or the consumer's), or its own
 * time per item.
 */
export type RateCause = 'back-pressure' | 'pacer' | 'cpu' | 'producer'

interface RecordHead {
  readonly schema: typeof RECORD_SCHEMA
  readonly run: string
  /** Label of the cell: the scenario's name and whatever the matrix varies. */
  readonly scenario: string
  readonly queue: string
  /** Position of the cell in the plan, from 1: the order tables show. */
  readonly cell: number
  /** From 1; replicate k of every cell is measured in block k. */
  readonly replicate: number
  /** Position in the order of measurement, from 1. */
  readonly order: number
  /** Seed of the run: it drew the order of measurement and every replicate's seed. */
  readonly seed: number
  readonly replicate_seed: number
  /** ISO 8601 wall-clock label; times nothing. */
  readonly started_at: string
  readonly config: Scenario
  /** Absent: stored before grounds were, measured on a host. */
  readonly ground?: Ground
  readonly warnings: readonly string[]
}

/**
 * A replicate that was measured. `offered = delivered + dropped`, exactly. Counts and rates are of the first measured
 * phase: the only one when paced, the unstamped one at interval 0.
 */
export interface MeasuredRecord extends RecordHead {
  readonly status: 'ok'
  /** Why the figures are not those of the experiment that was asked for (an open-loop rate was missed). */
  readonly invalid?: string
  /** Why fewer items were offered than planned; absent where enough were, or the pipeline keeps no account. */
  readonly rate_cause?: RateCause
  readonly offered: number
  readonly delivered: number
  readonly dropped: number
  /** `dropped / offered`. */
  readonly drop_rate: number
  /** Delivered items per wall second, from the first offer to the last item consumed. */
  readonly ops_s: number
  /** Items per second the interval asks for; absent at interval 0. */
  readonly planned_ops_s?: number
  /** Offered items per wall second, from the first offer until the producer stopped. */
  readonly offered_ops_s: number
  /** `offered_ops_s / planned_ops_s`; absent at interval 0. Poisson arrivals are drawn, so it is near 1 at best. */
  readonly rate_ratio?: number
  /** Whether stamps and counts speak of the same items. Absent: measured before that was looked at. */
  readonly littles_law?: LittlesLaw | Unavailable
  readonly phases: readonly PhaseRecord[]
  readonly threads: { readonly producer: Thread; readonly consumer: Thread }
  /** What each collector returned, by its name. */
  readonly collectors: Readonly<Record<string, unknown>>
  /** What the instruments were good for. Absent: measured before there were certificates. */
  readonly certificate?: Certificate | Unavailable
}

/** A replicate that could not be measured; the others of its run are not affected. */
export interface FailedRecord extends RecordHead {
  readonly status: 'failed'
  readonly error: { readonly code: ErrorCode; readonly message: string }
}

/** One line of `NAME_results.ndjson`. */
export type ResultRecord = MeasuredRecord | FailedRecord

/** Tells the records of one scenario on one queue from others, whatever their names are. */
export function cellKey({ scenario, queue }: Pick<RecordHead, 'scenario' | 'queue'>): string {
  return JSON.stringify([scenario, queue])
}

/** The same for one replicate. */
export function replicateKey(record: Pick<RecordHead, 'scenario' | 'queue' | 'replicate'>): string {
  return `${cellKey(record)} ${record.replicate}`
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0))
const figure = v.pipe(v.number(), v.finite(), v.minValue(0))
const head = {
  schema: v.literal(RECORD_SCHEMA),
  run: v.string(),
  scenario: v.string(),
  queue: v.string(),
  cell: count,
  replicate: count,
  order: count,
  seed: count,
  replicate_seed: count,
  started_at: v.string(),
  config: v.record(v.string(), v.union([v.string(), v.pipe(v.number(), v.finite())])),
  warnings: v.array(v.string()),
}
const recordSchema = v.variant('status', [
  v.looseObject({
    ...head,
    status: v.literal('ok'),
    offered: count,
    delivered: count,
    dropped: count,
    drop_rate: figure,
    ops_s: figure,
    offered_ops_s: figure,
    planned_ops_s: v.optional(figure),
    rate_ratio: v.optional(figure),
    invalid: v.optional(v.string()),
    rate_cause: v.optional(v.string()),
    phases: v.array(v.looseObject({})),
    threads: v.looseObject({ producer: v.looseObject({}), consumer: v.looseObject({}) }),
    collectors: v.record(v.string(), v.unknown()),
  }),
  v.looseObject({
    ...head,
    status: v.literal('failed'),
    error: v.looseObject({ code: v.string(), message: v.string() }),
  }),
])

/**
 * Reads one stored line. `undefined`: torn or not a record of this schema version, to be skipped and said.
 *
 * @example
 * parseRecord('{"schema":1,') // undefined
 */
export function parseRecord(line: string): ResultRecord | undefined {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return undefined
  }
  const result = v.safeParse(recordSchema, value)
  return result.success ? (value as ResultRecord) : undefined
}
