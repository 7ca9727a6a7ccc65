import { blocksNeeded, minimumDetectableEffect, simulatedPower } from '@spsc/metrics'
import test from 'ava'

test('a paired effect of one deviation at 90 % takes 10.5 blocks of the z test, and two more of the exact one', (t) => {
  t.is(blocksNeeded(0.1, { deviation: 0.1 }), 13)
  t.is(blocksNeeded(0.4, { deviation: 1 }), 68)
})

test('never fewer than six blocks, never more than ten thousand', (t) => {
  t.is(blocksNeeded(1, { deviation: 0.001 }), 6)
  t.is(blocksNeeded(1e-9, { deviation: 1 }), 10_000)
})

test('what so many blocks can detect is what takes so many', (t) => {
  t.is(minimumDetectableEffect(5, { deviation: 1 }), Number.POSITIVE_INFINITY)
  const effect = minimumDetectableEffect(20, { deviation: 0.2 })
  t.true(Math.abs(blocksNeeded(effect, { deviation: 0.2 }) - 20) <= 1)
})

test('simulation agrees with the formula within what it leaves open', (t) => {
  const n = blocksNeeded(0.1, { deviation: 0.1 })
  const power = simulatedPower(0.1, n, { deviation: 0.1 })
  t.true(power >= 0.85 && power <= 0.97, String(power))
  t.true(simulatedPower(0, 8, { deviation: 0.1 }) <= 0.07)
})
