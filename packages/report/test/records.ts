import {
  type Certificate,
  type FailedRecord,
  type LatencySummary,
  type MeasuredRecord,
  parseScenario,
  type ScenarioInput,
} from '@spsc/core'

/** A distribution with these percentiles in nanoseconds. */
export function latency(p50_ns: number, p95_ns = 2 * p50_ns, p99_ns = 5 * p50_ns): LatencySummary {
  const figures = { p50_ns, p90_ns: p50_ns, p95_ns, p99_ns, p99_9_ns: p99_ns }
  return { n: 4470, min_ns: 1, max_ns: 9_000_000, mean_ns: p50_ns, ...figures, buckets: [] }
}

function head(config: ScenarioInput = {}) {
  return {
    schema: 1,
    run: 't000',
    scenario: 'baseline',
    queue: 'sab',
    cell: 1,
    replicate: 1,
    order: 1,
    seed: 42,
    replicate_seed: 7,
    started_at: '2025-01-01T00:00:00.000Z',
    config: parseScenario('baseline', config),
    warnings: [],
  } as const
}

/** The seed's baseline, measured once, with whatever a test changes. */
export function measured(changes: Partial<MeasuredRecord> = {}, config: ScenarioInput = {}): MeasuredRecord {
  return {
    ...head(config),
    status: 'ok',
    offered: 4470,
    delivered: 4470,
    dropped: 0,
    drop_rate: 0,
    ops_s: 447.2,
    planned_ops_s: 1000,
    offered_ops_s: 447.2,
    rate_ratio: 0.4472,
    phases: [
      {
        name: 'paced',
        stamped: true,
        offered: 4470,
        delivered: 4470,
        dropped: 0,
        scheduled: 4470,
        start_ns: 0,
        offers_end_ns: 1e10,
        end_ns: 1e10,
      },
    ],
    threads: { producer: { pid: 1, tid: 2 }, consumer: { pid: 1, tid: 3 } },
    collectors: withLatency(latency(60_000, 122_000, 299_000)),
    ...changes,
  }
}

/** What the `histogram` collector stores for this latency. */
export function withLatency(summary: LatencySummary): MeasuredRecord['collectors'] {
  return {
    histogram: {
      latency: summary,
      response: summary,
      dropped: 0,
      lost: 0,
      negative: { latency: 0, response: 0 },
      clamped: 0,
      window_s: 1,
      windows: [],
    },
  }
}

export function failed(changes: Partial<FailedRecord> = {}): FailedRecord {
  const error = { code: 'ERR_PLUGIN_HUNG', message: '[spsc] [driver] consumer did not stop' } as const
  return { ...head(), status: 'failed', error, ...changes }
}

/** A certificate with a floor of 184 ns, with whatever a test changes. */
export function certificate(changes: Partial<Certificate> = {}): Certificate {
  const spread = (median: number) => ({ n: 9, median, min: median - 10, max: median + 25 })
  const both = <Figure>(figure: Figure) => ({ producer: figure, consumer: figure })
  return {
    stamp_ns: both(spread(54)),
    skew_ns: { n: 1000, lo: -184, hi: 150, backwards: 0 },
    handoff_ns: spread(120),
    recorder_ns: both(spread(130)),
    pacer: {
      pacing: 'sleep',
      waits: [
        { wait_ns: 50_000, overshoot_ns: { n: 9, median: 55_000, min: 50_000, max: 80_000 } },
        { wait_ns: 1_000_000, overshoot_ns: { n: 9, median: 60_000, min: 50_000, max: 90_000 } },
      ],
    },
    noise: both({ watched_ns: 1e7, largest_gap_ns: 25_000, gaps: 12, share: 0.0042 }),
    floor_ns: 184,
    ...changes,
  }
}
