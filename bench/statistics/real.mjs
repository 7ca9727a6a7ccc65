// How often does a comparison of a scenario with itself see a difference on this machine? Each comparison is A, B and A's
// twin in randomised blocks of fresh processes, all three the same scenario. Appends a line for each to a file, so that a
// long experiment can be made in pieces, and prints what all lines of that file come to.
//
//   node real.mjs --comparisons 5 --blocks 8 --queues native,sab --duration 300ms --seed 1 --out aa.ndjson
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { isUnavailable } from '@spsc/core'
import { compareRows, planComparison, startRun } from '@spsc/lab'
import { MODULES } from '../lib/queues.js'
import { machine, table } from '../lib/report.js'
import { logRatios, robustDeviation } from './ratios.js'
import { Tally } from './tally.js'

const { values } = parseArgs({
  options: {
    comparisons: { type: 'string', default: '5' },
    blocks: { type: 'string', default: '8' },
    queues: { type: 'string', default: 'native,sab' },
    duration: { type: 'string', default: '300ms' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'aa.ndjson' },
  },
})

function fail(message) {
  console.error(`[spsc] [bench] ${message}`)
  process.exit(2)
}

function whole(name, least) {
  const number = Number(values[name])
  if (Number.isInteger(number) && number >= least && number <= 1e6) return number
  return fail(`--${name} is ${values[name]}; allowed: whole numbers from ${least}`)
}

const [comparisons, blocks, seed] = [whole('comparisons', 1), whole('blocks', 6), whole('seed', 1)]
const queues = values.queues.split(',')
for (const queue of queues) {
  if (!(queue in MODULES)) fail(`--queues has ${queue}; allowed: ${Object.keys(MODULES).join(', ')}`)
}

const plugin = (module, name) => ({ plugin: { module: import.meta.resolve(module), name } })
const COLLECTORS = [
  plugin('@spsc/metrics', 'histogram'),
  plugin('@spsc/metrics', 'ledger'),
  plugin('@spsc/perf', 'sched'),
]

/** A scenario against itself, from files that are gone afterwards. */
async function compareWithItself(queue, number) {
  const settings = { duration: values.duration, warmup: '50ms' }
  const plan = planComparison({
    scenarios: ['a', 'b'].map((name) => ({ name, settings })),
    queues: [{ label: queue, backend: { module: import.meta.resolve(MODULES[queue]), name: queue } }],
    replicates: blocks,
    seed: (seed * 1009 + number) % 2 ** 32,
  })
  const dir = mkdtempSync(join(tmpdir(), 'spsc-aa-'))
  try {
    const store = { dir, name: 'aa' }
    const made = { plan, store, onExisting: 'refuse', collectors: () => COLLECTORS, command: 'real.mjs', versions: {} }
    const { records } = await (await startRun(made)).finished
    const [a, b, twin] = plan.cells.map(({ number }) => records.filter(({ cell }) => cell === number))
    return {
      ...compareRows(a, b, { design: 'interleaved', twin }),
      ratios: [b, twin].flatMap((row) => logRatios(a, row)),
    }
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

for (let number = 0; number < comparisons; number++) {
  for (const queue of queues) {
    const comparison = await compareWithItself(queue, number)
    appendFileSync(values.out, `${JSON.stringify(comparison)}\n`)
  }
}

const stored = existsSync(values.out)
  ? readFileSync(values.out, 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  : []
const rows = [
  ['queue', 'comparisons', 'alarms', 'of ledger', 'left out', 'p99 interval holds 0', 'its half width', 'deviation'],
]
for (const queue of [...new Set(stored.map(({ a }) => a.queue)), 'all']) {
  const own = stored.filter(({ a }) => queue === 'all' || a.queue === queue)
  const tally = new Tally()
  for (const comparison of own) tally.add(comparison, { 'latency.p99': 0 })
  const widths = own
    .flatMap(({ figures }) => figures.filter((figure) => figure.kpi === 'latency.p99' && !isUnavailable(figure)))
    .map(({ low, high }) => (Math.log1p(high) - Math.log1p(low)) / 2)
    .sort((one, other) => one - other)
  rows.push([
    queue,
    String(own.length),
    `${Math.round(tally.alarms('judged') * own.length)}`,
    `${Math.round(tally.alarms('ledger') * own.length)}`,
    String(own.reduce((sum, { left_out }) => sum + left_out.length, 0)),
    `${(100 * tally.coverage('latency.p99')).toFixed(0)} %`,
    `${(100 * Math.expm1(widths[widths.length >> 1])).toFixed(0)} %`,
    robustDeviation(tally.ratios).toFixed(3),
  ])
}
console.log(`${machine()}\n`)
console.log(table(rows))
