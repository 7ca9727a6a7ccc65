// Whether recording every item moves what it records: paced p50 with a row for each item, and with one item in ten
// recorded. Each is measured twice in a round, in random order, so that every ratio has one of twins to be read beside.
// With a wider --gap, a recorded item finds its code cold, and in JavaScript not compiled: it then reads longer itself.
//
//   node recorder.mjs --rounds 15 --queues sab,native --interval-us 100 --duration 1s --wait block
import { parseArgs } from 'node:util'
import { loadBackend, parseScenario, planTrace, seededRandom } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import { histogram } from '@spsc/metrics'
import { median } from 'simple-statistics'
import { queuesOf, whole } from '../lib/options.js'
import { MODULES } from '../lib/queues.js'
import { machine, spread, table } from '../lib/report.js'

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    queues: { type: 'string', default: 'sab,native' },
    'interval-us': { type: 'string', default: '100' },
    duration: { type: 'string', default: '1s' },
    wait: { type: 'string', default: 'block' },
    pacing: { type: 'string', default: 'deadline' },
    gap: { type: 'string', default: '10' },
    seed: { type: 'string', default: '1' },
  },
})

const rounds = whole(values, 'rounds')
const gap = whole(values, 'gap')
const random = seededRandom(whole(values, 'seed'))
const queues = queuesOf(values)
const scenario = parseScenario('paced', {
  prodIntervalUs: values['interval-us'],
  duration: values.duration,
  wait: values.wait,
  pacing: values.pacing,
  warmup: '300ms',
})

/** Has one item in `gap` recorded, at random: the trace is planned anew when the gate is about to open. */
function thinned() {
  let trace
  return {
    name: 'thinned',
    start(run) {
      trace = run.trace
    },
    phaseStart: () => planTrace(trace, gap, random),
    stop: () => gap,
  }
}

async function measure(backend, isThin) {
  const collectors = isThin ? [thinned(), histogram()] : [histogram()]
  const seed = Math.floor(random() * 2 ** 32)
  const { collectors: data, certificate } = await runReplicate({ backend, scenario, collectors, seed })
  const { latency } = data.histogram
  const recorderNs = ['producer', 'consumer'].map((end) => certificate.recorder_ns[end].median)
  return { p50: latency.p50_ns, n: latency.n, recorderNs, floorNs: certificate.floor_ns }
}

function shuffled(list) {
  const left = [...list]
  return list.map(() => left.splice(Math.floor(random() * left.length), 1)[0])
}

const KINDS = { all: false, 'all again': false, thin: true, 'thin again': true }
const awayFromOne = (ratios) => median(ratios.map((ratio) => Math.abs(ratio - 1)))
const percent = (share) => `${(100 * share).toFixed(1)} %`

console.log(machine())
console.log(
  `p50 of push to pop, an item each ${scenario.prodIntervalUs} µs (${scenario.pacing}, wait ${scenario.wait}), ${rounds} rounds; thin: one item in ${gap} recorded\n`,
)
const rows = []
const costs = []
for (const queue of queues) {
  const backend = await loadBackend({ module: import.meta.resolve(MODULES[queue]), name: queue })
  const samples = []
  for (let round = 0; round < rounds; round++) {
    const sample = {}
    for (const kind of shuffled(Object.keys(KINDS))) sample[kind] = await measure(backend, KINDS[kind])
    samples.push(sample)
  }
  const ratios = (over, under) => samples.map((sample) => sample[over].p50 / sample[under].p50)
  const effect = [...ratios('all', 'thin'), ...ratios('all again', 'thin again')]
  const twins = [...ratios('all again', 'all'), ...ratios('thin again', 'thin')]
  const moved = Math.abs(median(effect) - 1)
  const chance = awayFromOne(twins)
  rows.push([
    queue,
    spread(samples.map(({ all }) => all.p50 / 1000)),
    spread(samples.map(({ thin }) => thin.p50 / 1000)),
    spread(effect, 3),
    spread(ratios('all again', 'all'), 3),
    spread(ratios('thin again', 'thin'), 3),
    `${percent(moved)} ${moved < chance ? '<' : '≥'} ${percent(chance)}`,
  ])
  const every = samples.flatMap((sample) => Object.values(sample))
  const cost = (end) =>
    spread(
      every.map(({ recorderNs }) => recorderNs[end]),
      0,
    )
  costs.push([
    queue,
    cost(0),
    cost(1),
    spread(
      every.map(({ floorNs }) => floorNs),
      0,
    ),
  ])
}
console.log(
  table([['queue', 'all, µs', 'thin, µs', 'all / thin', 'all / all', 'thin / thin', 'moved, twins'], ...rows]),
)
console.log('\nFrom the certificates, ns:')
console.log(table([['queue', 'recorder, producer', 'recorder, consumer', 'floor'], ...costs]))
