import { seededRandom } from '@spsc/core'
import { type Block, maxT, signFlipTest } from '@spsc/metrics'
import test from 'ava'

const column = (values: readonly number[], condition: number): Block[] =>
  values.map((value) => (condition === 0 ? [[0], [value]] : [[value], [0]]))

test('with two conditions and one metric it is the sign-flip test', (t) => {
  const values = [5, -2, 8, 3, 6, 1, 4]
  const [only] = maxT(column(values, 0))
  // Both rank by |mean|: for a fixed sum of squares |t| grows with it.
  t.is(only?.p, signFlipTest(values).p)
  t.deepEqual([only?.condition, only?.metric], [1, 0])
})

test('a second metric that says the same costs nothing, and one of noise makes p larger', (t) => {
  const values = [5, -2, 8, 3, 6, 1, 4]
  const noise = [1, -1, 2, -2, 1, -1, 0]
  const twice = maxT(
    values.map((value) => [
      [0, 0],
      [value, value],
    ]),
  )
  t.is(twice[0]?.p, signFlipTest(values).p)
  const withNoise = maxT(
    values.map((value, index) => [
      [0, 0],
      [value, noise[index] as number],
    ]),
  )
  t.true((withNoise[0]?.p ?? 0) >= signFlipTest(values).p)
})

test('three conditions are told apart: one that is shifted, one that is not', (t) => {
  const random = seededRandom(3)
  const blocks = Array.from({ length: 8 }, () => {
    const level = 10 * random()
    return [[level + random()], [level + 5 + random()], [level + random()]]
  })
  const [shifted, same] = maxT(blocks)
  t.true((shifted?.p ?? 1) < 0.01)
  t.true((same?.p ?? 0) > 0.2)
})

test('false alarms of a family of eight metrics stay at the level of one test', (t) => {
  const random = seededRandom(11)
  let alarms = 0
  for (let round = 0; round < 300; round++) {
    const blocks = Array.from({ length: 7 }, () => [0, 1].map(() => Array.from({ length: 8 }, () => random() ** 3)))
    if (maxT(blocks).some(({ p }) => p <= 0.05)) alarms++
  }
  t.true(alarms / 300 <= 0.08, `${alarms} of 300`)
})

test('too little to compare is refused', (t) => {
  t.throws(() => maxT([]), { instanceOf: RangeError })
  t.throws(() => maxT([[[1], [2]]]), { instanceOf: RangeError })
  t.throws(() => maxT([[[1]], [[2]]]), { instanceOf: RangeError })
})
