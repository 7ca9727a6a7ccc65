import { type HistogramData, LEDGER_SEGMENTS, type LedgerData, type MeasuredRecord, parseScenario } from '@spsc/core'

/** What a replicate of a made-up row measured, in nanoseconds. */
export interface Made {
  readonly p99: number
  readonly dropRate?: number
  readonly opsS?: number
  /** Below it latencies mean nothing. */
  readonly floor?: number
  /** What the worst items spent in one segment; the others have none. */
  readonly runq?: number
  readonly contaminated?: boolean
}

/** Replicates of one row, one for each block. */
export function rowOf(scenario: string, blocks: readonly Made[], run = 'made'): MeasuredRecord[] {
  return blocks.map(({ p99, dropRate = 0, opsS = 1000, floor = 10, runq, contaminated }, index) => {
    const figures = { n: 1000, p50_ns: p99 / 2, p99_ns: p99, max_ns: 2 * p99 }
    const summary = { ...figures, min_ns: 1, mean_ns: p99 / 2, p90_ns: p99, p95_ns: p99, p99_9_ns: p99, buckets: [] }
    const window = { start_s: 0, latency: figures, response: figures, dropped: 0 }
    const histogram: HistogramData = {
      latency: summary,
      response: summary,
      dropped: 0,
      lost: 0,
      negative: { latency: 0, response: 0 },
      clamped: 0,
      window_s: 1,
      windows: [window, { ...window, start_s: 1 }],
    }
    const mean_ns = Object.fromEntries(
      LEDGER_SEGMENTS.map((segment) => [segment, segment === 'c_runq' ? (runq ?? 0) : 0]),
    )
    const ledger: Pick<LedgerData, 'segments' | 'windows'> = {
      segments: Object.fromEntries(
        LEDGER_SEGMENTS.map((segment) => [segment, { sum_ns: 0, mean_ns: 0, p50_ns: 0 }]),
      ) as LedgerData['segments'],
      windows: [{ start_s: 0, items: 1000, n: 10, mean_total_ns: p99, mean_ns }],
    }
    const contamination = { contaminated, reasons: ['steal 5 %'], unjudged: [] }
    return {
      schema: 1,
      run,
      scenario,
      queue: 'sab',
      cell: 1,
      replicate: index + 1,
      order: index + 1,
      seed: 1,
      replicate_seed: 1,
      started_at: '2026-01-01T00:00:00.000Z',
      config: parseScenario(scenario),
      warnings: [],
      status: 'ok',
      offered: 1000,
      delivered: 1000,
      dropped: 0,
      drop_rate: dropRate,
      ops_s: opsS,
      offered_ops_s: opsS,
      phases: [],
      threads: { producer: { pid: 1, tid: 1 }, consumer: { pid: 1, tid: 2 } },
      collectors: {
        histogram,
        ...(runq !== undefined && { ledger }),
        ...(contaminated !== undefined && { sched: { phases: [{ contamination }] } }),
      },
      certificate: { floor_ns: floor } as MeasuredRecord['certificate'] & object,
    }
  })
}

/** Blocks around a p99, each a little off. */
export function around(p99: number, changes: Partial<Made> = {}, n = 8): Made[] {
  return Array.from({ length: n }, (_, index) => ({
    p99: Math.round(p99 * (1 + 0.004 * (((index * 7) % 5) - 2))),
    ...changes,
  }))
}
