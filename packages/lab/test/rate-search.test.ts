import { seededRandom } from '@spsc/core'
import { conclude, nextRate, type RateSearch, stepsLeft, type TriedRate } from '@spsc/lab'
import test from 'ava'
import fc from 'fast-check'

type Verdict = TriedRate['verdict']

const SEARCH: RateSearch = { lowest: 1000, highest: 10_000_000, resolution: 0.05 }

/** Walks a search to its end. @throws where it does not end */
function searchOf(verdictAt: (rate: number) => Verdict, search: RateSearch = SEARCH) {
  const tried: TriedRate[] = []
  const left: number[] = []
  for (;;) {
    left.push(stepsLeft(tried, search))
    const rate = nextRate(tried, search)
    if (rate === undefined) return { tried, left, ...conclude(tried, search) }
    if (tried.length > 100) throw new Error('the search does not end')
    tried.push({ rate, verdict: verdictAt(rate) })
  }
}

/** Mean response of an M/D/1 queue in seconds (Pollaczek–Khinchine): service plus wait; infinite when overloaded. */
function responseS(rate: number, serviceS: number): number {
  const load = rate * serviceS
  return load >= 1 ? Number.POSITIVE_INFINITY : serviceS + (load * serviceS) / (2 * (1 - load))
}

const holdsBelow =
  (threshold: number) =>
  (rate: number): Verdict =>
    rate < threshold ? 'held' : 'failed'

test('a search doubles the lowest rate until two in a row fail, then halves the bracket', (t) => {
  const { tried } = searchOf(holdsBelow(5000))
  t.deepEqual(
    tried.slice(0, 6).map(({ rate }) => rate),
    [1000, 2000, 4000, 8000, 16_000, 5657],
  )
})

test('its answer is a bracket as narrow as asked for, around the threshold', (t) => {
  for (const threshold of [1500, 5000, 77_777, 3_000_000]) {
    const { outcome, held = 0, failed = 0 } = searchOf(holdsBelow(threshold))
    t.is(outcome, 'found')
    t.true(held < threshold && threshold <= failed, `${held} ${threshold} ${failed}`)
    t.true(failed <= held * 1.05)
  }
})

test('on the response of an M/D/1 queue it finds the load where the bound is crossed', (t) => {
  // At load 0.8 the mean response is 3 services.
  const { outcome, held = 0, failed = 0 } = searchOf((rate) => (responseS(rate, 1e-4) < 3e-4 ? 'held' : 'failed'))
  t.is(outcome, 'found')
  t.true(held < 8000 && failed >= 8000 && failed <= held * 1.05)
})

test('a finer resolution gives a narrower bracket', (t) => {
  const { held = 0, failed = 0 } = searchOf(holdsBelow(5000), { ...SEARCH, resolution: 0.005 })
  t.true(held < 5000 && failed >= 5000 && failed <= held * 1.005)
})

test('where the highest rate holds, that is the answer, and no rate failed', (t) => {
  const { outcome, held, failed } = searchOf(() => 'held', { ...SEARCH, highest: 50_000 })
  t.deepEqual({ outcome, held, failed }, { outcome: 'found', held: 50_000, failed: undefined })
})

test('one rate that fails among rates that hold does not end the growth, and makes the answer inconclusive', (t) => {
  const { outcome, reason, held = 0 } = searchOf((rate) => (rate === 2000 ? 'failed' : holdsBelow(50_000)(rate)))
  t.is(outcome, 'inconclusive')
  t.regex(reason ?? '', /^2000\/s did not hold, though \d+\/s did$/)
  t.true(held > 40_000)
})

test('where the first two rates fail there is no answer, but the lowest that failed', (t) => {
  const { outcome, reason, held, failed, tried } = searchOf(() => 'failed')
  t.deepEqual(
    { outcome, held, failed, tried: tried.length },
    { outcome: 'inconclusive', held: undefined, failed: 1000, tried: 2 },
  )
  t.regex(reason ?? '', /1000\/s and 2000\/s did not hold/)
})

test('a rate at which replicates disagree is on neither side of the bracket', (t) => {
  const {
    outcome,
    reason,
    held = 0,
    failed,
  } = searchOf((rate) => (rate < 5000 ? 'held' : rate < 6000 ? 'inconclusive' : 'failed'))
  t.is(outcome, 'inconclusive')
  t.regex(reason ?? '', /the replicates disagree at 5\d\d\d\/s/)
  t.true(held < 5000)
  t.is(failed, 8000)
})

test('nor is the answer certain where replicates disagree above a rate that failed', (t) => {
  const {
    outcome,
    reason,
    held = 0,
    failed = 0,
  } = searchOf((rate) => (rate === 8000 ? 'inconclusive' : holdsBelow(5000)(rate)))
  t.is(outcome, 'inconclusive')
  t.regex(reason ?? '', /the replicates disagree at 8000\/s/)
  t.true(held < 5000 && failed >= 5000 && failed <= held * 1.05)
})

test('a rate that could not be measured leaves the search without an answer', (t) => {
  t.is(conclude([{ rate: 1000, verdict: 'unmeasured' }], SEARCH).outcome, 'unmeasured')
  const { outcome, reason, held } = conclude(
    [
      { rate: 1000, verdict: 'held' },
      { rate: 2000, verdict: 'unmeasured' },
    ],
    SEARCH,
  )
  t.deepEqual({ outcome, held }, { outcome: 'inconclusive', held: 1000 })
  t.is(reason, '2000/s could not be measured')
})

test('a search that was cut short is unfinished', (t) => {
  t.like(conclude([{ rate: 1000, verdict: 'held' }], SEARCH), { outcome: 'unfinished', held: 1000 })
})

test('a bracket of exactly the width that was asked for ends a search, and no step is left', (t) => {
  // 2000000 * 1.005 is a little less than 2010000 as a double.
  const search = { lowest: 1_000_000, highest: 2_010_000, resolution: 0.005 }
  const tried: TriedRate[] = [
    { rate: 1_000_000, verdict: 'held' },
    { rate: 2_000_000, verdict: 'held' },
    { rate: 2_010_000, verdict: 'failed' },
  ]
  t.is(nextRate(tried, search), undefined)
  t.is(stepsLeft(tried, search), 0)
  t.like(conclude(tried, search), { outcome: 'found', held: 2_000_000, failed: 2_010_000 })
})

test('whatever the verdicts, a search ends within the steps it announced, and never tries a rate twice', (t) => {
  fc.assert(
    fc.property(
      fc.integer(),
      fc.double({ min: 1, max: 1e6, noNaN: true }),
      fc.double({ min: 1, max: 1e5, noNaN: true }),
      fc.double({ min: 0.005, max: 1, noNaN: true }),
      (seed, lowest, span, resolution) => {
        const search = { lowest, highest: lowest * span, resolution }
        const random = seededRandom(seed)
        const verdicts: readonly Verdict[] = ['held', 'failed', 'inconclusive']
        const { tried, left, outcome } = searchOf(() => verdicts[Math.floor(random() * 3)] as Verdict, search)
        const rates = tried.map(({ rate }) => rate)
        t.is(new Set(rates).size, rates.length)
        t.true(rates.every((rate) => rate <= search.highest && rate >= search.lowest * 0.999))
        t.true(tried.length <= (left[0] as number))
        t.true(left.every((steps, index) => index === 0 || steps < (left[index - 1] as number)))
        t.is(left.at(-1), 0)
        t.not(outcome, 'unfinished')
      },
    ),
    { numRuns: 1000 },
  )
})

test('under noise the true threshold is nearly always within a step of the bracket it calls found', (t) => {
  const random = seededRandom(7)
  let found = 0
  let near = 0
  for (let run = 0; run < 200; run++) {
    // Each step answers by the threshold blurred by 3 %, as a median of noisy replicates would.
    const { outcome, held = 0, failed = 0 } = searchOf((rate) => holdsBelow(5000 * (1 + 0.06 * (random() - 0.5)))(rate))
    if (outcome !== 'found') continue
    found++
    if (held < 5000 * 1.05 && failed > 5000 / 1.05) near++
  }
  t.true(found > 100)
  t.is(near, found)
})
