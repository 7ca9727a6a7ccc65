// Does the laboratory measure a queue as theory has it? Poisson arrivals and a constant service make an M/D/1 queue, whose
// mean wait is W = ρ · s / (2 (1 − ρ)): Pollaczek (1930) and Khinchine (1932) for a service of no variance.
//
//   arrival poisson, pacing spin, wait spin, on-full block     at ρ = 0.3, 0.5, 0.7; service: the consumer spins for s
//
// `node md1.mjs --queue sab --rounds 9 --seconds 8` varies it. Beside the formula stands what Lindley's recursion makes of
// the very arrivals that were sent: the draw is the same there, so only the laboratory's own error is left.
import { setTimeout as sleep } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { loadBackend, parseScenario, seededRandom } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import { pinThread } from '@spsc/queue-native'
import { mean, sampleStandardDeviation } from 'simple-statistics'
import { MODULES } from '../lib/queues.js'
import { machine, spread, table } from '../lib/report.js'
import service from './service.js'

const UTILISATIONS = [0.3, 0.5, 0.7]
/** Theory needs a service without variance: a stall of the machine while an item is served is a long service. */
const MAX_SERVICE_CV2 = 0.01
/** A run in which the ends had no CPU for longer than this share of it is measured again. */
const MAX_WITHOUT_CPU = 0.01
/** Before that, in milliseconds: whatever disturbed it may end. */
const PAUSE_MS = 1000
/** The error of a mean wait that the draw of arrivals alone may make, at two standard errors. */
const ALLOWED_ERROR = 0.1

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'native' },
    rounds: { type: 'string', default: '9' },
    seconds: { type: 'string', default: '10' },
    'service-us': { type: 'string', default: '300' },
    tries: { type: 'string', default: '30' },
    seed: { type: 'string', default: '1' },
  },
})

function fail(message, exitCode) {
  console.error(`[spsc] [bench] ${message}`)
  process.exit(exitCode)
}

function whole(option) {
  const value = Number(values[option])
  if (Number.isInteger(value) && value >= 1) return value
  return fail(`--${option} is ${values[option]}; allowed: whole numbers from 1`, 2)
}

const [rounds, seconds, serviceUs] = [whole('rounds'), whole('seconds'), whole('service-us')]
const [tries, seed] = [whole('tries'), whole('seed')]
if (!(values.queue in MODULES)) {
  fail(`--queue is ${values.queue}; allowed: ${Object.keys(MODULES).join(', ')}`, 2)
}
const backend = await loadBackend({ module: import.meta.resolve(MODULES[values.queue]), name: values.queue })
const faults = [{ at: 'service', how: 'spin', ns: serviceUs * 1000, everyNs: 1 }]
let disturbed = 0

async function measure(utilisation, runSeed) {
  const scenario = parseScenario('md1', {
    arrival: 'poisson',
    pacing: 'spin',
    wait: 'spin',
    onFull: 'block',
    queueCap: 65536,
    pinProducer: 'first',
    pinConsumer: 'last',
    prodIntervalUs: serviceUs / utilisation,
    duration: `${seconds}s`,
  })
  const request = { backend, scenario, collectors: [service()], seed: runSeed, faults, pinThread }
  const { collectors, phases, invalid } = await runReplicate(request)
  if (collectors.service.unavailable) fail(`no figures: ${collectors.service.unavailable}`, 3)
  const { producer_run_delay_ns: producer, consumer_run_delay_ns: consumer } = phases[0]
  return { ...collectors.service, invalid, withoutCpu: (producer + consumer) / (seconds * 1e9) }
}

/** The same while the machine leaves both ends their CPUs. The rule looks at no wait. */
async function measureUndisturbed(utilisation, runSeed) {
  for (let left = tries; left > 0; left--) {
    const run = await measure(utilisation, runSeed)
    if (run.withoutCpu <= MAX_WITHOUT_CPU && run.service_cv2 <= MAX_SERVICE_CV2) return run
    disturbed++
    console.error(
      `  again: ${(100 * run.withoutCpu).toFixed(2)} % without CPU, c² of the service ${run.service_cv2.toFixed(3)}`,
    )
    await sleep(PAUSE_MS)
  }
  return fail(`in ${tries} runs in a row the service was not constant, or an end had no CPU; free both CPUs`, 3)
}

/** Mean wait of a queue of constant service for these arrivals: W' = max(0, W + s − gap) (Lindley 1952). */
function lindley(arrivals, service) {
  let wait = 0
  let sum = 0
  for (let i = 1; i < arrivals.length; i++) {
    wait = Math.max(0, wait + service - (arrivals[i] - arrivals[i - 1]))
    sum += wait
  }
  return sum / arrivals.length
}

const formula = (utilisation, service) => (utilisation * service) / (2 * (1 - utilisation))

/** Relative standard error that the draw alone gives a mean wait over `items`, of 200 simulated queues of service 1. */
function drawError(utilisation, items) {
  const waits = Array.from({ length: 200 }, (_, stream) => {
    const random = seededRandom(seed * 1000 + stream)
    let at = 0
    const due = Array.from({ length: items }, () => {
      at -= Math.log(1 - random()) / utilisation
      return at
    })
    return lindley(due, 1)
  })
  return sampleStandardDeviation(waits) / formula(utilisation, 1)
}

/** Items of all rounds together must bound the draw's error. */
function checkItems() {
  for (const utilisation of UTILISATIONS) {
    const items = Math.floor((seconds * 1e6 * utilisation) / serviceUs)
    const error = (2 * drawError(utilisation, items)) / Math.sqrt(rounds)
    const percent = (100 * error).toFixed(1)
    console.log(`ρ ${utilisation}: ${items} items a round; ${rounds} rounds leave the draw ± ${percent} % (2 s.e.)`)
    if (error > ALLOWED_ERROR) fail(`${percent} % is more than 10 %; give more --rounds or --seconds`, 2)
  }
}

console.log(machine())
console.log(`queue ${values.queue}, ${rounds} rounds in turns of ${seconds} s, service ${serviceUs} µs, seed ${seed}\n`)
checkItems()

const figures = new Map(UTILISATIONS.map((utilisation) => [utilisation, []]))
for (let round = 0; round < rounds; round++) {
  for (const utilisation of UTILISATIONS) {
    const run = await measureUndisturbed(utilisation, seed + round)
    // The service of this very run: a share of the interval that was asked for.
    const theory = formula((utilisation * run.service_ns) / (serviceUs * 1000), run.service_ns)
    const ideal = lindley(run.sent_ns, run.service_ns)
    figures.get(utilisation).push({ ...run, theory, ideal })
    const ratios = [theory, ideal].map((wait) => (run.wait_ns / wait).toFixed(3))
    console.error(`round ${round + 1}, ρ ${utilisation}: ${ratios[0]} of theory, ${ratios[1]} of Lindley's recursion`)
  }
}

const rows = UTILISATIONS.map((utilisation) => {
  const runs = figures.get(utilisation)
  const column = (value, digits) => spread(runs.map(value), digits)
  return [
    String(utilisation),
    column(({ service_ns }) => service_ns / 1000, 1),
    column(({ wait_ns }) => wait_ns / 1000, 1),
    column(({ theory }) => theory / 1000, 1),
    (mean(runs.map(({ wait_ns }) => wait_ns)) / mean(runs.map(({ theory }) => theory))).toFixed(3),
    column(({ wait_ns, theory }) => wait_ns / theory),
    column(({ wait_ns, ideal }) => wait_ns / ideal),
    column(({ service_cv2 }) => service_cv2, 3),
  ]
})
const header = ['ρ', 's, µs', 'wait, µs', 'theory, µs', 'means', 'wait/theory', 'wait/Lindley', 'c² of s']
console.log(`${table([header, ...rows])}\n`)
const runs = [...figures.values()].flat()
console.log(
  `${disturbed} more runs were thrown away: an end had no CPU for over 1 % of the time, or c² of s was over ${MAX_SERVICE_CV2}`,
)
for (const { invalid } of runs) if (invalid !== undefined) console.log(invalid)
