import { seededRandom } from '@spsc/core'
import { type Block, maxT, permutationTest } from '@spsc/metrics'
import test from 'ava'

const VALUES = [5, -2, 8, 3, 6, 1, 4]
const figure = (values: readonly number[]): Block[] => values.map((b) => ({ a: [0], b }))
const noise = (random: () => number, blocks: number, replicates: number): Block[] =>
  Array.from({ length: blocks }, () => ({
    a: Array.from({ length: replicates }, () => random() ** 3),
    b: random() ** 3,
  }))

test('of one figure it is the permutation test, with a twin too', (t) => {
  t.deepEqual(maxT([figure(VALUES)]), [permutationTest(figure(VALUES)).p])
  const twice = noise(seededRandom(2), 8, 2)
  t.deepEqual(maxT([twice]), [permutationTest(twice).p])
})

test('a second figure that says the same costs nothing, and one of noise makes p larger', (t) => {
  const own = permutationTest(figure(VALUES)).p
  t.is(maxT([figure(VALUES), figure(VALUES.map((value) => 10 * value))])[0], own)
  t.true((maxT([figure(VALUES), figure([1, -1, 2, -2, 1, -1, 0])])[0] ?? 0) > own)
})

test('a shift is told from its neighbours, which are not shifted', (t) => {
  const random = seededRandom(3)
  const shifted = noise(random, 8, 2).map(({ a, b }) => ({ a, b: b + 5 }))
  const [p, ...others] = maxT([shifted, noise(random, 8, 2), noise(random, 8, 2)])
  t.true((p ?? 1) < 0.01)
  t.true(others.every((of) => of > 0.05))
})

for (const [blocks, replicates] of [
  [7, 1],
  [7, 2],
  [11, 2],
] as const) {
  test(`false alarms of a family of eight stay at the level of one test: ${blocks} blocks, A ${replicates} times`, (t) => {
    const random = seededRandom(11)
    const rounds = blocks > 10 ? 60 : 300
    let alarms = 0
    for (let round = 0; round < rounds; round++) {
      const family = Array.from({ length: 8 }, () => noise(random, blocks, replicates))
      if (maxT(family).some((p) => p <= 0.05)) alarms++
    }
    t.true(alarms / rounds <= 0.09, `${alarms} of ${rounds}`)
  })
}

test('too little to test, or blocks that differ, are refused', (t) => {
  t.throws(() => maxT([]), { instanceOf: RangeError })
  t.throws(() => maxT([[]]), { instanceOf: RangeError })
  t.throws(() => maxT([[{ a: [], b: 1 }]]), { instanceOf: RangeError })
  t.throws(() => maxT([figure(VALUES), noise(seededRandom(1), 7, 2)]), {
    instanceOf: RangeError,
    message: /same blocks/,
  })
})
