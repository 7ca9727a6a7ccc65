import test from 'ava'
import { BASES, casesOf, FAULTS, PAIRS } from '../scorecard/cases.js'
import { blind, doseOf, hadEffect, scoreOf, wasDisturbed } from '../scorecard/score.js'
import { scorecard } from '../scorecard/tables.js'

interface Figures {
  readonly p99?: number
  readonly mean?: number
  readonly worst?: number
  readonly drops?: number
  readonly reasons?: readonly string[]
}

function record({ p99 = 100, mean = 10, worst = 200, drops = 0, reasons = [] }: Figures = {}) {
  const histogram = { response: { p99_ns: p99, mean_ns: mean } }
  const sched = { phases: [{ contamination: { reasons } }] }
  const collectors = { histogram, ledger: { worst: { mean_total_ns: worst } }, sched }
  return {
    status: 'ok',
    scenario: 'case-001',
    config: { inject: 'hog=cpu1' },
    warnings: ['put in'],
    collectors,
    drop_rate: drops,
  }
}

test('a seed draws the same cases each time, another seed others', (t) => {
  const plan = { seed: 7, each: 2, pairs: 6 }
  t.deepEqual(casesOf(plan), casesOf(plan))
  t.notDeepEqual(casesOf(plan), casesOf({ ...plan, seed: 8 }))
  const { cases, references } = casesOf(plan)
  const clean = Object.values(BASES).reduce((sum, base) => sum + base.clean, 0)
  t.is(cases.length, 2 * Object.keys(FAULTS).length + 6 + clean)
  t.is(new Set([...cases, ...references].map(({ name }) => name)).size, cases.length + references.length)
  for (const [one, other] of PAIRS) t.is(FAULTS[one].base, FAULTS[other].base)
})

test('a diagnosis sees nothing that says what was put in', (t) => {
  t.notRegex(JSON.stringify(blind(record())), /hog|case-001|put in/)
})

test('an effect is a figure beyond the highest of the clean runs', (t) => {
  const clean = [record(), record({ p99: 200 })]
  t.false(hadEffect(record({ p99: 239 }), clean))
  t.true(hadEffect(record({ p99: 241 }), clean))
  t.true(hadEffect(record({ mean: 13 }), clean))
  t.true(hadEffect(record({ worst: 241 }), clean))
  t.true(hadEffect(record({ drops: 0.02 }), clean))
})

test('a case is disturbed by others, and beside hogs by stolen time only', (t) => {
  const foreign = record({ reasons: ['foreign CPU 50 %'] })
  t.true(wasDisturbed(foreign, { inject: 'none' }))
  t.false(wasDisturbed(foreign, { inject: 'hog=last:2' }))
  t.true(wasDisturbed(record({ reasons: ['steal 2 %'] }), { inject: 'hog=last:2' }))
  t.false(wasDisturbed(record(), { inject: 'none' }))
})

test('a case is right by its first cause, of two by the first two, and doses are ratios', (t) => {
  const cause = (name: string, when = 'recurrent', dose?: object) => ({ name, when, ...(dose && { dose }) })
  const one = { faults: ['consumer-stall'], inject: 'consumer-stall=20ms/500ms' }
  t.like(scoreOf(one, { causes: [cause('consumer-stall', 'recurrent', { ns: 22e6 })] }, true), {
    right: true,
    dose: 1.1,
  })
  t.like(scoreOf(one, { causes: [cause('freeze'), cause('consumer-stall')] }, true), { right: false })
  t.like(scoreOf(one, { causes: [cause('consumer-stall', 'sporadic')] }, true), { right: false, top: [] })
  const two = { faults: ['freeze', 'slow-service'], inject: 'freeze=20ms/500ms+slow-service=200us' }
  t.like(scoreOf(two, { causes: [cause('slow-service'), cause('freeze')] }, true), { right: true })
  t.is(doseOf('slow-service=250us'), 250_000)
  t.is(doseOf('cpu-quota=1.5%'), 0.015)
  t.is(doseOf('co-pin=last'), undefined)
})

test('the card counts faults with an effect, and names a clean run that was blamed', (t) => {
  const score = { faults: ['freeze'], inject: 'freeze=1ms/1s', effect: true, top: ['freeze'], right: true, dose: 1.3 }
  const clean = { faults: [], inject: 'none', effect: false, top: [], right: false }
  const text = scorecard([score, { ...score, effect: false }, clean, { ...clean, top: ['steal'] }], {
    seed: 5,
    left: 1,
  })
  t.regex(text, /^seed 5 · 4 cases; 1 left out/)
  t.regex(text, /with an effect +>= 95 % +100\.0 % \(1 of 1\)/)
  t.regex(text, /without a cause +>= 95 % +50\.0 % \(1 of 2\)/)
  t.regex(text, /^clean +2 +nothing 1, steal 1$/m)
  t.regex(text, /^freeze +0 of 1 +1\.30$/m)
})
