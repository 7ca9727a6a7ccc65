import { isUnavailable, type LittlesLaw, type PhaseCounts, type Trace } from '@spsc/core'
import test from 'ava'
import { driven, START_NS } from './driven.js'
import { measure } from './measure.js'

const SETTINGS = { duration: 0.1, warmup: 0, prodIntervalUs: 1000, pacing: 'deadline' } as const
const MS = 1_000_000n
const ITEMS = 100
/** Every item takes half a millisecond, one a millisecond: half an item is on its way. */
const LATENCY_NS = 500_000n

/** One item a millisecond from the begin of the phase, with stamps as `stamp` alters them. */
async function run(
  counts: Partial<PhaseCounts> = {},
  stamp: (times: { sent: bigint; popped: bigint }, item: number) => { sent: bigint; popped: bigint } | undefined = (
    times,
  ) => times,
) {
  const { backend, setups } = driven(() => {
    const { trace } = setups[0] as { trace: Trace }
    for (const column of [trace.due, trace.sent, trace.pushed, trace.popped, trace.done]) column.fill(0n)
    let row = 0
    for (let item = 0; item < ITEMS; item++) {
      const sent = START_NS + BigInt(item) * MS
      const times = stamp({ sent, popped: sent + LATENCY_NS }, item)
      if (times === undefined) continue
      trace.due[row] = times.sent
      trace.sent[row] = times.sent
      trace.pushed[row] = times.sent
      trace.popped[row] = times.popped
      trace.done[row] = times.popped
      row++
    }
    return { offered: ITEMS, delivered: ITEMS, ...counts }
  })
  return measure(backend, SETTINGS)
}

test('stamps and counts of the same items agree', async (t) => {
  const { littles_law: law, invalid, warnings } = await run()
  t.like(law, { l: 0.5, arrivals_s: 1000, w_ns: 500_000 })
  t.true(Math.abs((law as LittlesLaw).residual) < 1e-12)
  t.is(invalid, undefined)
  t.deepEqual(
    warnings.filter((warning) => warning.includes('Little')),
    [],
  )
})

const WRONG: readonly (readonly [
  what: string,
  residual: number,
  counts: Partial<PhaseCounts>,
  stamp: Parameters<typeof run>[1],
])[] = [
  ['one item in ten has no row', -0.1, {}, (times, item) => (item % 10 === 0 ? undefined : times)],
  ['the stamps are microseconds', -1, {}, ({ sent, popped }) => ({ sent: sent / 1000n, popped: popped / 1000n })],
  [
    'the stamps are of another clock',
    -1,
    {},
    ({ sent, popped }) => ({ sent: sent + 10n ** 18n, popped: popped + 10n ** 18n }),
  ],
  [
    'every tenth pop is stamped ahead of its push',
    0.1,
    {},
    ({ sent, popped }, item) => ({ sent, popped: item % 10 === 0 ? 2n * sent - popped : popped }),
  ],
  ['half of the items were not counted', 0.5, { offered: 50, delivered: 50, scheduled: 50 }, (times) => times],
]

for (const [what, residual, counts, stamp] of WRONG) {
  test(`${what}: the replicate is invalid`, async (t) => {
    const { littles_law: law, invalid, warnings } = await run(counts, stamp)
    if (law === undefined || isUnavailable(law)) return t.fail(JSON.stringify(law))
    t.true(Math.abs(law.residual - residual) < 0.11, `${law.residual}`)
    t.regex(
      invalid ?? '',
      /^Little's law does not hold: .+ items were on their way by the stamps, .+ by the counts \([+−]/,
    )
    t.true(warnings.includes(invalid as string))
  })
}

test('a pipeline that stamps nothing, or only zeros, is not judged', async (t) => {
  const none = await run({}, () => undefined)
  t.deepEqual(none.littles_law, { unavailable: 'no delivered item has both sent and popped' })
  const zeros = await run({}, ({ sent }) => ({ sent, popped: sent }))
  t.deepEqual(zeros.littles_law, { unavailable: 'every latency is 0: the clock is too coarse' })
  const nothing = await run({ offered: ITEMS, delivered: 0, dropped: ITEMS })
  t.deepEqual(nothing.littles_law, { unavailable: 'no item was delivered' })
  for (const { invalid } of [none, zeros, nothing]) t.is(invalid, undefined)
})

test('of a sample nothing can be said', async (t) => {
  const { backend } = driven(() => ({}))
  const { littles_law: law } = await measure(backend, { ...SETTINGS, prodIntervalUs: 0 })
  t.deepEqual(law, { unavailable: 'not every item was stamped' })
})
