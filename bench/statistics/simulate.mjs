// How often does `spsc compare` see a difference where there is none, do its intervals hold the truth, and does it find a
// shift? Simulated replicates with drift, correlated windows and bursts go through the very function that it prints.
//
//   node simulate.mjs --comparisons 2000 --blocks 8,10
import { parseArgs } from 'node:util'
import { table } from '../lib/report.js'
import { NOISE, simulateComparison } from './model.js'
import { robustDeviation } from './ratios.js'
import { Tally } from './tally.js'

const SHIFT = 0.25
const KPIS = ['latency.p50', 'latency.p99', 'response.p99']

const { values } = parseArgs({
  options: {
    comparisons: { type: 'string', default: '2000' },
    blocks: { type: 'string', default: '8,10' },
    noise: { type: 'string', default: Object.keys(NOISE).join() },
    seed: { type: 'string', default: '1' },
  },
})

function whole(name, text, least) {
  const number = Number(text)
  if (Number.isInteger(number) && number >= least && number <= 1e6) return number
  console.error(`[spsc] [bench] --${name} has ${text}; allowed: whole numbers from ${least}`)
  process.exit(2)
}

const comparisons = whole('comparisons', values.comparisons, 1)
const seed = whole('seed', values.seed, 1)
const kinds = values.noise.split(',')
const unknown = kinds.find((kind) => !Object.hasOwn(NOISE, kind))
if (unknown !== undefined) {
  console.error(`[spsc] [bench] --noise has ${unknown}; allowed: ${Object.keys(NOISE).join(', ')}`)
  process.exit(2)
}
const sizes = values.blocks.split(',').map((text) => whole('blocks', text, 6))

function tally(noise, blocks, shift, figures) {
  const counted = new Tally()
  const truths = Object.fromEntries(KPIS.map((kpi) => [kpi, shift]))
  for (let number = 0; number < comparisons; number++) {
    counted.add(simulateComparison({ blocks, noise, shift, figures, seed: seed * 1_000_003 + number }), truths)
  }
  return counted
}

const percent = (share) => `${(100 * share).toFixed(1)} %`
console.log(`${comparisons} comparisons each, seed ${seed}; shift: all times of B +${100 * SHIFT} %\n`)
const rows = [
  [
    'noise',
    'R',
    'deviation',
    'A/A alarms',
    'of ledger',
    ...KPIS.map((kpi) => `${kpi} held`),
    'shift held',
    'plain test',
    'shift found',
    'asked alone',
  ],
]
for (const name of kinds) {
  for (const blocks of sizes) {
    const same = tally(NOISE[name], blocks, 0)
    const shifted = tally(NOISE[name], blocks, SHIFT)
    const asked = tally(NOISE[name], blocks, SHIFT, ['latency.p99'])
    rows.push([
      name,
      String(blocks),
      robustDeviation(same.ratios).toFixed(3),
      percent(same.alarms('judged')),
      percent(same.alarms('ledger')),
      ...KPIS.map((kpi) => percent(same.coverage(kpi))),
      percent(shifted.coverage('latency.p99')),
      percent(shifted.foundPlainly()),
      percent(shifted.found('latency.p99')),
      percent(asked.found('latency.p99')),
    ])
  }
}
console.log(table(rows))
