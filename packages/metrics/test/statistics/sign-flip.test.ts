import { signFlipTest } from '@spsc/metrics'
import test from 'ava'

// Eighths of an inch that cross-fertilised plants are taller (Darwin 1876).
const MAIZE = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48]

test("Darwin's maize comes to what Fisher counted: 863 of 32768 ways on each side", (t) => {
  t.deepEqual(signFlipTest(MAIZE), { p: (2 * 863) / 32768, n: 15, isExact: true })
})

test('six differences of one sign are the fewest that can come below 5 %', (t) => {
  t.is(signFlipTest([1, 2, 3, 4, 5]).p, 0.0625)
  t.is(signFlipTest([1, 2, 3, 4, 5, 6]).p, 0.03125)
})

test('differences of 0 and single ones reject nothing', (t) => {
  t.is(signFlipTest([0, 0, 0, 0, 0, 0]).p, 1)
  t.is(signFlipTest([3]).p, 1)
})

test('the unit and the direction do not matter', (t) => {
  const { p } = signFlipTest(MAIZE)
  t.is(signFlipTest(MAIZE.map((value) => value * 0.1)).p, p)
  t.is(signFlipTest(MAIZE.map((value) => -value)).p, p)
})

test('more than twenty are drawn, by a seed, and never come to 0', (t) => {
  const many = Array.from({ length: 25 }, () => 1)
  const drawn = signFlipTest(many)
  t.deepEqual(drawn, { p: 1 / 100_001, n: 25, isExact: false })
  const mixed = [...MAIZE, ...MAIZE]
  t.deepEqual(signFlipTest(mixed, 7), signFlipTest(mixed, 7))
})
