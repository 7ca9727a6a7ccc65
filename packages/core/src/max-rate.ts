import * as v from 'valibot'
import type { Unavailable } from './pipeline.js'

/** One rate that a search for the highest rate has tried. */
export interface MaxRateStep {
  /** Items per second. */
  readonly rate: number
  /**
   * `held` or `failed` where at least three quarters of the replicates say so, `inconclusive` where they go on to
   * disagree, `unmeasured` where none could be measured.
   */
  readonly verdict: 'held' | 'failed' | 'inconclusive' | 'unmeasured'
  /** Replicates that were measured, those of them that kept the rate, and those that kept the objective as well. */
  readonly measured: number
  readonly kept_rate: number
  readonly held: number
  /** Medians over the replicates: of each figure that the objective bounds (`response_p99_ns`), and of `drop_rate`. */
  readonly figures: Readonly<Record<string, number | Unavailable>>
}

/** What a search for the highest rate that holds an objective has come to: one cell of a run. */
export interface MaxRateResult {
  /** The cell's label without the rate: its records are those of `SCENARIO rate=N`. */
  readonly scenario: string
  readonly queue: string
  /** The service-level objective, every term of which must hold: `response.p99<100us`. */
  readonly slo: readonly string[]
  /** Relative width at which the bracket is narrow enough. */
  readonly resolution: number
  /** Items per second that the search kept within. */
  readonly lowest_rate: number
  readonly highest_rate: number
  /**
   * `found`: the bracket is as narrow as asked for, or the highest rate allowed held. `inconclusive`: `reason` says
   * why not. `unmeasured`: no rate could be measured. `unfinished`: the run was cut short.
   */
  readonly outcome: 'found' | 'inconclusive' | 'unmeasured' | 'unfinished'
  readonly reason?: string
  /** Highest rate that held; absent: none did. */
  readonly held?: number
  /** Lowest rate above it that failed; absent: none did. */
  readonly failed?: number
  /** In the order tried. */
  readonly steps: readonly MaxRateStep[]
}

const rate = v.pipe(v.number(), v.finite(), v.minValue(0))
const schema = v.array(
  v.looseObject({
    scenario: v.string(),
    queue: v.string(),
    slo: v.array(v.string()),
    resolution: rate,
    lowest_rate: rate,
    highest_rate: rate,
    outcome: v.picklist(['found', 'inconclusive', 'unmeasured', 'unfinished']),
    reason: v.optional(v.string()),
    held: v.optional(rate),
    failed: v.optional(rate),
    steps: v.array(
      v.looseObject({
        rate,
        verdict: v.picklist(['held', 'failed', 'inconclusive', 'unmeasured']),
        measured: rate,
        kept_rate: rate,
        held: rate,
        figures: v.record(v.string(), v.union([v.number(), v.looseObject({ unavailable: v.string() })])),
      }),
    ),
  }),
)

/** Reads the `max_rate` of a stored manifest; none where it has none that can be read. */
export function parseMaxRate(value: unknown): readonly MaxRateResult[] {
  const result = v.safeParse(schema, value)
  return result.success ? (result.output as MaxRateResult[]) : []
}
