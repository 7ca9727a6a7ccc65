import type { HistogramData, LedgerData, MeasuredRecord, ResultRecord } from '@spsc/core'
import test from 'ava'
import { folder, refused, spsc } from './spsc.js'
import { measuredRecord, storeRecords } from './stored.js'

// What `why` says of runs whose figures are known: a measured record whose times are put in their place.

type Vector = Readonly<Record<string, number>>
const CALM: Vector = { p_late: 20_000, p_own: 5000, c_wake: 50_000, s_cpu: 2000 }
const total = (vector: Vector) => Object.values(vector).reduce((sum, ns) => sum + ns, 0)

let template: MeasuredRecord

test.before(async () => {
  template = await measuredRecord()
})

interface Made {
  readonly scenario: string
  /** What the worst items of each window take; one window for each. */
  readonly worst: readonly Vector[]
  /** What ordinary items take; absent: {@link CALM}. */
  readonly usual?: Vector
  readonly cell?: number
  readonly collectors?: Readonly<Record<string, unknown>>
}

function made({ scenario, worst, usual = CALM, cell = 1, collectors = {} }: Made): MeasuredRecord {
  const histogram = template.collectors.histogram as HistogramData
  const ledger = template.collectors.ledger as LedgerData
  const part = (mean_ns: Vector) => ({ n: 10, mean_total_ns: total(mean_ns), mean_ns })
  const summary = (vector: Vector) => ({ n: 1000, p50_ns: total(usual), p99_ns: total(vector), max_ns: total(vector) })
  return {
    ...template,
    scenario,
    cell,
    collectors: {
      histogram: {
        ...histogram,
        windows: worst.map((vector, start_s) => ({
          start_s,
          latency: summary(vector),
          response: summary(vector),
          dropped: 0,
        })),
      },
      ledger: {
        ...ledger,
        median_band: { ...part(usual), n: 200 },
        worst: part(worst[0] as Vector),
        windows: worst.map((vector, start_s) => ({ start_s, items: 1000, ...part(vector) })),
      },
      ...collectors,
    } as MeasuredRecord['collectors'],
  }
}

const calm = (count: number) => Array.from({ length: count }, () => ({ ...CALM, c_wake: 100_000 }))
const with50ms = (segment: string): Vector => ({ ...CALM, [segment]: 50e6 })

/** What `why` prints of a scenario beside a calm baseline. */
async function said(cwd: string, other: Omit<Made, 'scenario'>, ...args: readonly string[]) {
  storeRecords(cwd, 'r', [
    made({ scenario: 'baseline', worst: calm(6) }),
    made({ ...other, scenario: 'other', cell: 2 }),
  ])
  const { code, stdout, stderr } = await spsc(['why', 'r', 'other', ...args], { cwd })
  return { code, stderr, stdout, text: stdout.replaceAll(/\n {2,}/g, ' ') }
}

test('what is no slower than ordinary does no measurable harm, and nothing is proposed', async (t) => {
  const { code, stdout } = await said(folder(t), { worst: calm(6) })
  t.is(code, 0)
  t.regex(stdout, /^no measurable harm: the worst 1 % take 127 µs, ordinarily 127 µs$/m)
  t.notRegex(stdout, /prediction|to confirm/)
})

test('one slow window of six is sporadic, with what to do about it', async (t) => {
  const { text } = await said(folder(t), { worst: [...calm(5), with50ms('s_cpu')] })
  t.regex(text, /^sporadic: 1 window of 6 with an excess, too few to tell a cause .*--duration/m)
})

test('an excess in all windows that is nowhere in particular is unexplained', async (t) => {
  const spread = { p_late: 120_000, p_own: 105_000, c_wake: 200_000, s_cpu: 102_000 }
  const { code, text } = await said(folder(t), { worst: Array.from({ length: 6 }, () => spread) })
  t.is(code, 0)
  t.regex(text, /^unexplained: the worst 1 % take 527 µs, ordinarily 127 µs, and no rule knows what of$/m)
})

test('two causes are both told, the larger first, each with when and by how much', async (t) => {
  const { text, stdout } = await said(folder(t), {
    worst: [...Array.from({ length: 5 }, () => ({ ...CALM, s_cpu: 50e6, p_own: 45e6 })), ...calm(1)],
  })
  t.regex(stdout, /^consumer-stall: /m)
  t.regex(text, /recurrent, in 5 of 6 windows; too much by /)
  t.regex(stdout, /^also producer-\S+: /m)
  t.true(stdout.split('\n').every((line) => line.length <= 80 || line.includes('test it: ')))
})

test('what slows every item has no windows to count', async (t) => {
  const slow = { ...CALM, s_cpu: 3e6 }
  const { stdout } = await said(folder(t), { worst: Array.from({ length: 6 }, () => slow), usual: slow })
  t.regex(stdout, /^slow-service: /m)
  t.regex(stdout, /^ {2}every item; /m)
})

test('what was not looked at is told with the command that looks', async (t) => {
  const { text } = await said(folder(t), { worst: calm(6) })
  t.regex(text, /not looked at .*measure it: /s)
})

test('the command of the experiment names the folder of the run, and quotes what a shell would take apart', async (t) => {
  const cwd = folder(t)
  const { config } = template
  const stalled = made({ scenario: "b's", worst: Array.from({ length: 6 }, () => with50ms('s_cpu')), cell: 2 })
  storeRecords(cwd, 'r', [
    made({ scenario: 'baseline', worst: calm(6) }),
    { ...stalled, config: { ...config, inject: 'consumer-stall=50ms/1s' } },
  ])
  const { stdout } = await spsc(['why', 'r', "b's", '--out', './result_data'], { cwd })
  t.true(
    stdout.includes(
      `test it: spsc why r 'b'\\''s' --queue sab --against baseline --out ./result_data --hypothesis consumer-stall --confirm`,
    ),
    stdout,
  )
})

test('the slowest scenario is asked about, also where nothing is due or no histogram was kept', async (t) => {
  const cwd = folder(t)
  const histogram = template.collectors.histogram as HistogramData
  const unpaced = {
    histogram: {
      ...histogram,
      response: { unavailable: 'nothing is due' },
      latency: { ...histogram.latency, p99_ns: 9e9 },
    },
  }
  storeRecords(cwd, 'r', [
    made({ scenario: 'bare', worst: calm(6), collectors: { histogram: undefined } }),
    made({ scenario: 'lost', worst: calm(6), cell: 2, collectors: { histogram: { unavailable: 'it broke' } } }),
    made({ scenario: 'slowest', worst: calm(6), cell: 3, collectors: unpaced }),
  ])
  t.regex((await spsc(['why', 'r'], { cwd })).stdout, /^r: slowest on sab, /)
})

test('a queue or a scenario to compare with that the run does not have is refused', async (t) => {
  const cwd = folder(t)
  storeRecords(cwd, 'r', [made({ scenario: 'baseline', worst: calm(6) })])
  await refused(t, ['why', 'r', '--queue', 'native'], /queue "native" is unknown; known: sab/, { cwd })
  await refused(t, ['why', 'r', '--against', 'affinity'], /--against "affinity" is unknown; known: baseline/, { cwd })
})

test('a run of failed replicates has nothing to ask about', async (t) => {
  const cwd = folder(t)
  const { collectors, ...rest } = template
  const failed = {
    ...rest,
    status: 'failed',
    error: { code: 'ERR_PLUGIN', message: 'none' },
  } as unknown as ResultRecord
  storeRecords(cwd, 'r', [failed])
  for (const args of [[], ['baseline'], ['--queue', 'sab']]) {
    await refused(t, ['why', 'r', ...args], /the run has no replicate with figures; measure it again/, { cwd })
  }
})
