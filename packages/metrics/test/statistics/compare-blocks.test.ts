import { seededRandom } from '@spsc/core'
import { type Block, compareBlocks } from '@spsc/metrics'
import test from 'ava'

/** A, and B some times as long. */
const near = (factor: number, wobble: readonly number[]): Block[] =>
  wobble.map((share, index) => ({ a: [100 + index], b: (100 + index) * factor * (1 + share) }))
/** A measured twice, its twin some times as long. */
const withTwin = (blocks: readonly Block[], factor: number): Block[] =>
  blocks.map(({ a: [a = 0], b }, index) => ({ a: [a, a * factor * (1 + (WOBBLE[7 - index] as number))], b }))
const WOBBLE = [0.01, -0.02, 0.015, 0, -0.01, 0.02, -0.015, 0.005]

test('a shift beyond 5 % and beyond the twin differs', (t) => {
  const result = compareBlocks({ blocks: withTwin(near(1.25, WOBBLE), 1), scale: 'ratio' }, { margin: 0.1 })
  t.is(result.verdict, 'differs')
  t.true(Math.abs(result.effect - 0.25) < 0.02)
  t.is(result.p, 1 / 3 ** 8)
  t.is(result.needed, undefined)
})

test('what is certain but small is no difference: it is equivalent within the margin', (t) => {
  const result = compareBlocks({ blocks: near(1.03, WOBBLE), scale: 'ratio' }, { margin: 0.1 })
  t.is(result.verdict, 'equivalent')
  t.true(result.p <= 0.05)
})

test('an effect that the twin shows as well is no difference', (t) => {
  const result = compareBlocks({ blocks: withTwin(near(1.4, WOBBLE), 1.3), scale: 'ratio' }, { margin: 0.1 })
  t.is(result.verdict, 'inconclusive')
  t.true(Math.abs((result.twin_effect ?? 0) - 0.3) < 0.02)
})

test('five blocks are never enough, and it says how many are', (t) => {
  const result = compareBlocks({ blocks: near(1.5, WOBBLE.slice(0, 5)), scale: 'ratio' }, { margin: 0.1 })
  t.is(result.verdict, 'inconclusive')
  t.is(result.low, undefined)
  t.is(result.needed, 6)
})

test('noise is inconclusive, and takes more blocks than it had', (t) => {
  const random = seededRandom(5)
  const blocks = Array.from({ length: 8 }, () => ({ a: [1 + random()], b: 1 + random() }))
  const result = compareBlocks({ blocks, scale: 'ratio' }, { margin: 0.05 })
  t.is(result.verdict, 'inconclusive')
  t.true((result.needed ?? 0) > 8)
})

test('differences may be 0, ratios may not', (t) => {
  const none = Array.from({ length: 6 }, () => ({ a: [0], b: 0 }))
  t.is(compareBlocks({ blocks: none, scale: 'difference' }, { margin: 1, least: 0.5 }).verdict, 'equivalent')
  t.throws(() => compareBlocks({ blocks: none, scale: 'ratio' }, { margin: 0.1 }), { instanceOf: RangeError })
  t.throws(() => compareBlocks({ blocks: [], scale: 'ratio' }, { margin: 0.1 }), { instanceOf: RangeError })
})
