import type { MeasuredRecord, ResultRecord, ScenarioInput } from '@spsc/core'
import { toMarkdown } from '@spsc/report'
import { lintMarkdown } from '@spsc/report/lint'
import test from 'ava'
import { ledger, ORDINARY, WORST } from './ledgers.js'
import { perfStat } from './perf-stats.js'
import { certificate, failed, latency, measured, withLatency } from './records.js'

/** Replicates of a scenario with these p99, in ns. */
function replicates(
  scenario: string,
  p99s: readonly number[],
  changes: Partial<MeasuredRecord> = {},
  config: ScenarioInput = {},
): MeasuredRecord[] {
  return p99s.map((p99, index) =>
    measured(
      {
        ...{ scenario, replicate: index + 1, cell: scenario.charCodeAt(0) },
        ...{ collectors: withLatency(latency(60_000, 122_000, p99)), ...changes },
      },
      config,
    ),
  )
}

const SEED = { 'task-clock': 440.54, 'context-switches': 9253, 'cpu-migrations': 338 }
const UNSUPPORTED = {
  cycles: '<not supported>',
  'cache-misses': '<not supported>',
  instructions: '<not supported>',
} as const
const withPerf = (counts: Parameters<typeof perfStat>[0], seconds = 10.01) => ({
  collectors: { ...withLatency(latency(60_000)), 'perf-stat': perfStat(counts, seconds) },
})
const FLAT_OUT = { prodIntervalUs: 0, queueCap: 8 } as const

const RUNS: Readonly<Record<string, readonly ResultRecord[]>> = {
  'nothing at all': [],
  'one replicate a row, of a rate missed': [
    ...replicates('baseline', [299_000]),
    ...replicates('affinity', [1_620_000], { ops_s: 452 }, { pinConsumer: 'last' }),
    ...replicates('queue-cap-8', [345_000], { ops_s: 456 }, { queueCap: 8 }),
  ],
  'a rate missed with its cause, in several replicates': replicates('baseline', [299_000, 310_000, 280_000], {
    rate_cause: 'pacer',
    invalid: { code: 'ERR_RATE', message: 'rate missed' } as unknown as NonNullable<MeasuredRecord['invalid']>,
  }),
  'ranges that overlap': [
    ...replicates('baseline', [299_000, 310_000, 1_280_000, 290_000, 300_000, 305_000]),
    ...replicates('affinity', [1_620_000, 420_000, 300_000, 280_000, 500_000, 405_000]),
  ],
  'ranges that do not overlap': [
    ...replicates('baseline', [299_000, 310_000]),
    ...replicates('affinity', [1_620_000, 1_420_000]),
  ],
  'drops, the small queue with the lower latency': [
    ...replicates('queue-cap-8', [9000, 9100], { drop_rate: 0.31, dropped: 2000, offered: 6470 }, FLAT_OUT),
    ...replicates('queue-cap-64', [72_000, 70_000], {}, { prodIntervalUs: 0 }),
  ],
  'perf stat with counters that are not supported': [
    ...replicates('baseline', [299_000, 310_000], withPerf({ ...SEED, ...UNSUPPORTED })),
    ...replicates(
      'flat-out',
      [299_000, 310_000],
      withPerf({ 'task-clock': 18_816.44, 'context-switches': 18_877, ...UNSUPPORTED }),
      FLAT_OUT,
    ),
  ],
  'two loads, with what failed and what was not measured': [
    ...replicates('baseline', [299_000, 310_000]),
    ...replicates('flat-out', [9000], { collectors: { histogram: { unavailable: 'no item was sampled' } } }, FLAT_OUT),
    failed({ scenario: 'stuck', cell: 999 }),
  ],
  'a ledger, a floor and warnings': [
    ...replicates('baseline', [120, 140], {
      collectors: { ...withLatency(latency(100, 110, 120)), ledger: ledger(ORDINARY, WORST) },
      certificate: certificate({ floor_ns: 150 }),
      warnings: ['rate missed: 447 of 1000 items per second'],
    }),
  ],
}

for (const [what, records] of Object.entries(RUNS)) {
  test(`a report of ours has no finding: ${what}`, (t) => {
    t.deepEqual(lintMarkdown(toMarkdown(records, { name: 't000' })), [])
  })
}

test('the same tables with a claim that they do not carry have one', (t) => {
  const single = RUNS['one replicate a row, of a rate missed'] ?? []
  const overlapping = RUNS['ranges that overlap'] ?? []
  const rulesOf = (records: readonly ResultRecord[], claim: string) =>
    lintMarkdown(`${toMarkdown(records, { name: 't000' })}\n${claim}\n`).map(({ rule }) => rule)
  t.deepEqual(rulesOf(single, 'In p99 affinity is slower than baseline.'), ['single-run'])
  t.deepEqual(rulesOf(overlapping, 'In p99 baseline is slower than affinity.'), ['contradicted'])
  t.deepEqual(rulesOf(overlapping, 'In p99 affinity is slower than baseline.'), ['overlapping-ranges'])
})
