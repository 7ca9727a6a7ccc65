import { seededRandom } from '@spsc/core'
import test from 'ava'
import fc from 'fast-check'

function draw(seed: number, count: number): number[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, random)
}

test('a seed gives the values of mulberry32', (t) => {
  const integers = (seed: number) => draw(seed, 3).map((value) => value * 2 ** 32)
  t.deepEqual(integers(0), [1_144_304_738, 1_416_247, 958_946_056])
  t.deepEqual(integers(1), [2_693_262_067, 11_749_833, 2_265_367_787])
  t.deepEqual(integers(-1), [3_850_105_811, 813_802_916, 3_073_704_848])
})

test('the same seed gives the same sequence, and generators do not share state', (t) => {
  const [one, other] = [seededRandom(7), seededRandom(7)]
  for (let i = 0; i < 100; i++) t.is(one(), other())
  t.notDeepEqual(draw(7, 10), draw(8, 10))
})

test('values are in [0, 1)', (t) => {
  fc.assert(fc.property(fc.integer(), (seed) => draw(seed, 50).every((value) => value >= 0 && value < 1)))
  t.pass()
})

test('values are spread evenly', (t) => {
  const tenths = new Array(10).fill(0)
  for (const value of draw(42, 10_000)) tenths[Math.floor(value * 10)]++
  for (const count of tenths) t.true(count > 800 && count < 1200, `${tenths}`)
})
