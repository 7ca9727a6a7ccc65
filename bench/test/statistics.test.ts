import test from 'ava'
import { NOISE, simulateComparison } from '../statistics/model.js'
import { Tally } from '../statistics/tally.js'

const COMPARISONS = 40

function tally(noise: string, shift: number): Tally {
  const counted = new Tally()
  for (let seed = 1; seed <= COMPARISONS; seed++) {
    const comparison = simulateComparison({ blocks: 8, noise: NOISE[noise as keyof typeof NOISE], shift, seed })
    counted.add(comparison, { 'latency.p99': shift })
  }
  return counted
}

for (const noise of Object.keys(NOISE)) {
  test(`a scenario compared with itself: false alarms and intervals, ${noise}`, (t) => {
    const same = tally(noise, 0)
    t.true(same.alarms('judged') <= 0.1 && same.alarms('ledger') <= 0.1)
    t.true(same.coverage('latency.p99') >= 0.85)
  })
}

test('eight blocks find +25 % in moderate noise, among all figures', (t) => {
  t.true(tally('moderate', 0.25).found('latency.p99') >= 0.9)
})

test('where it is crowded they do not; the plain test finds less than they do', (t) => {
  t.true(tally('crowded', 0.25).found('latency.p99') < 0.5)
  const rough = tally('rough', 0.25)
  t.true(rough.found('latency.p99') > rough.foundPlainly())
})

test('the same seed gives the same comparison', (t) => {
  const make = () => simulateComparison({ blocks: 6, noise: NOISE.rough, seed: 5 })
  t.deepEqual(make(), make())
})
