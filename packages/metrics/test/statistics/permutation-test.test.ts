import { seededRandom } from '@spsc/core'
import { type Block, permutationInterval, permutationTest, signFlipTest } from '@spsc/metrics'
import test from 'ava'

const figure = (values: readonly number[]): Block[] => values.map((b) => ({ a: [0], b }))

// Darwin's maize: Fisher, The Design of Experiments (1935), sections 17 and 21: of 2^15 sums 1,726 are as far out.
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

test('without values far out it is the sign-flip test', (t) => {
  for (const values of [
    [1, 2, 3, 4, 5, 6],
    [5, -2, 8, 3, 6, 1, 4],
    [-3, 3, 2, -2, 1, -1, 0.5],
  ]) {
    t.is(permutationTest(figure(values)).p, signFlipTest(values).p, String(values))
  }
  t.is(signFlipTest(MAIZE).p, 1726 / 2 ** 15)
  // The limit is 1.5 · 1.4826 times the median distance of 29: two values count as less, and that is all the difference.
  const clipped = MAIZE.map((value) => Math.max(-1.5 * 1.4826 * 29, Math.min(1.5 * 1.4826 * 29, value)))
  t.is(permutationTest(figure(MAIZE)).p, signFlipTest(clipped).p)
})

test('one that is B in all blocks is the most extreme of 3^n arrangements', (t) => {
  const blocks = Array.from({ length: 8 }, (_, index) => ({ a: [100 + index, 101 + index], b: 200 + index }))
  t.deepEqual(permutationTest(blocks), { p: 1 / 3 ** 8, n: 8, isExact: true })
})

test('all arrangements counted one by one give the same p', (t) => {
  const random = seededRandom(4)
  for (let round = 0; round < 20; round++) {
    const blocks = Array.from({ length: 5 }, () => ({ a: [random(), random()].slice(round % 2), b: random() + 0.2 }))
    let [all, asFar] = [0, 0]
    // Median-aligned scores without a limit that bites: of so few blocks none is clipped in this check.
    const limit = 1.5 * 1.4826
    const aligned = blocks.map(({ a, b }) => {
      const sorted = [b, ...a].sort((one, other) => one - other)
      const centre = sorted.length === 3 ? (sorted[1] as number) : ((sorted[0] as number) + (sorted[1] as number)) / 2
      return [b, ...a].map((value) => value - centre)
    })
    const distances = aligned
      .flat()
      .map(Math.abs)
      .sort((one, other) => one - other)
    const middle = distances.length >> 1
    const spread =
      distances.length % 2 === 1
        ? (distances[middle] as number)
        : ((distances[middle - 1] as number) + (distances[middle] as number)) / 2
    const scores = aligned.map((values) => {
      const clipped = values.map((value) => Math.max(-limit * spread, Math.min(limit * spread, value)))
      const mean = clipped.reduce((sum, value) => sum + value, 0) / clipped.length
      return clipped.map((value) => value - mean)
    })
    const measured = Math.abs(scores.reduce((sum, [own = 0]) => sum + own, 0))
    const walk = (block: number, sum: number): void => {
      const labels = scores[block]
      if (labels === undefined) {
        all++
        if (Math.abs(sum) >= measured * (1 - 1e-9)) asFar++
      } else for (const score of labels) walk(block + 1, sum + score)
    }
    walk(0, 0)
    t.is(permutationTest(blocks).p, asFar / all)
  }
})

test('it sees nothing where there is nothing, in 5 % or fewer of the rounds', (t) => {
  for (const replicates of [1, 2]) {
    const random = seededRandom(22)
    let alarms = 0
    for (let round = 0; round < 1000; round++) {
      const blocks = Array.from({ length: 8 }, () => {
        const level = random()
        const value = () => level + random() ** 4
        return { a: Array.from({ length: replicates }, value), b: value() }
      })
      if (permutationTest(blocks).p <= 0.05) alarms++
    }
    t.true(alarms <= 65, `${alarms} of 1000`)
  }
})

test('a spoilt replicate does not hide a shift', (t) => {
  const blocks = Array.from({ length: 8 }, (_, index) => ({ a: [10 + 0.1 * index, 10.3], b: 12 + 0.1 * index }))
  const spoilt = blocks.map((block, index) => (index === 3 ? { ...block, a: [40, 10] } : block))
  t.true(permutationTest(spoilt).p < 0.01)
  t.true(signFlipTest(spoilt.map(({ a: [a = 0], b }) => b - a)).p > 0.05)
})

test('where there are too many arrangements, the normal distribution goes on from the exact one', (t) => {
  const random = seededRandom(9)
  const make = (n: number) => Array.from({ length: n }, () => ({ a: [random(), random()], b: random() + 0.15 }))
  const many = make(60)
  t.false(permutationTest(many).isExact)
  const [exact, more] = [permutationTest(many.slice(0, 16)), permutationTest(many.slice(0, 17))]
  t.true(exact.isExact)
  t.false(more.isExact)
  t.true(Math.abs(exact.p - more.p) < 0.2)
})

test('its interval holds the effect and ends where the test begins to reject', (t) => {
  const interval = permutationInterval(figure([1, 2, 3, 4, 5, 6]))
  t.true(
    Math.abs((interval?.low ?? 0) - 1) < 1e-3 && Math.abs((interval?.high ?? 0) - 6) < 1e-3,
    JSON.stringify(interval),
  )
  const random = seededRandom(3)
  const blocks = Array.from({ length: 9 }, () => ({ a: [random(), random()], b: random() + 1 }))
  const held = permutationInterval(blocks) as { low: number; high: number }
  const pAt = (shift: number) => permutationTest(blocks.map(({ a, b }) => ({ a, b: b - shift }))).p
  t.true(pAt(held.low) > 0.05 && pAt(held.high) > 0.05)
  t.true(pAt(held.low - 0.001) <= 0.05 && pAt(held.high + 0.001) <= 0.05)
})

test('intervals hold the truth in about 95 %, of skewed noise too', (t) => {
  const random = seededRandom(17)
  let held = 0
  for (let round = 0; round < 400; round++) {
    const value = () => 3 * random() ** 6
    const blocks = Array.from({ length: 8 }, () => ({ a: [value(), value()], b: value() + 0.5 }))
    const interval = permutationInterval(blocks)
    if (interval && interval.low <= 0.5 && interval.high >= 0.5) held++
  }
  t.true(held >= 0.92 * 400 && held <= 0.985 * 400, `${held} of 400`)
})

test('too few blocks have no interval, equal ones have a point', (t) => {
  t.is(permutationInterval(figure([1, 2, 3, 4, 5])), undefined)
  const interval = permutationInterval(figure([2, 2, 2, 2, 2, 2]))
  t.true(Math.abs((interval?.low ?? 0) - 2) < 1e-6 && Math.abs((interval?.high ?? 0) - 2) < 1e-6)
})

test('nothing to test is refused', (t) => {
  t.throws(() => permutationTest([]), { instanceOf: RangeError })
  t.throws(() => permutationTest([{ a: [], b: 1 }]), { instanceOf: RangeError })
})
