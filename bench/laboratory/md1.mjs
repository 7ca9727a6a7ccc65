// Does the laboratory measure a queue as theory has it? Poisson arrivals and a constant service make an M/D/1 queue, whose
// mean wait is W = ρ · s / (2 (1 − ρ)): Pollaczek (1930) and Khinchine (1932) for a service of no variance.
//
//   spsc run --arrival poisson --pacing spin --wait spin --on-full block     at ρ = 0.3, 0.5, 0.7 of the service measured
//
// `node md1.mjs --queue sab --rounds 9 --seconds 8` varies it. Beside the formula stands what Lindley's recursion makes of
// the very arrivals that were sent: the draw is the same there, so only the laboratory's own error is left.
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { seededRandom } from '@spsc/core'
import { mean, sampleStandardDeviation } from 'simple-statistics'
import { machine, spread, table } from '../lib/report.js'

const SPSC = fileURLToPath(new URL('../../packages/cli/bin/spsc.js', import.meta.url))
const COLLECTOR = fileURLToPath(new URL('./service.js', import.meta.url))
const UTILISATIONS = [0.3, 0.5, 0.7]
/** Long enough that the tenths of a microsecond between done and the next pop vanish. */
const SERVICE_US = 100
/** A run in which the ends had no CPU for longer than this share of it is measured again. */
const MAX_WITHOUT_CPU = 0.01
/** Before that, in milliseconds: whatever disturbed it may end. */
const PAUSE_MS = 1000
/** The error of a mean wait that the draw of arrivals alone may make, at two standard errors. */
const ALLOWED_ERROR = 0.1

const { values } = parseArgs({
  options: {
    queue: { type: 'string', default: 'native' },
    rounds: { type: 'string', default: '7' },
    seconds: { type: 'string', default: '6' },
    tries: { type: 'string', default: '20' },
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

const [rounds, seconds, tries, seed] = [whole('rounds'), whole('seconds'), whole('tries'), whole('seed')]
let disturbed = 0
const out = mkdtempSync(join(tmpdir(), 'spsc-md1-'))
process.on('exit', () => rmSync(out, { recursive: true, force: true }))

/** One replicate in a process of its own, as `spsc run` stores it. */
async function measure(settings, runSeed) {
  const flags = Object.entries({
    queue: values.queue,
    arrival: 'poisson',
    pacing: 'spin',
    wait: 'spin',
    'on-full': 'block',
    'queue-cap': 65536,
    'pin-producer': 'first',
    'pin-consumer': 'last',
    collect: COLLECTOR,
    seed: runSeed,
    out,
    ...settings,
  }).map(([flag, value]) => `--${flag}=${value}`)
  const child = spawn(process.execPath, [SPSC, 'run', ...flags, '--json', '--quiet'], {
    // What it complains of is in the record.
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, FORCE_COLOR: '0' },
  })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const code = await new Promise((resolve) => child.on('close', resolve))
  const record = text === '' ? undefined : JSON.parse(text)
  if (record?.status !== 'ok') fail(`spsc run ended with ${code}: ${record?.error.message ?? 'no record'}`, 3)
  const { service } = record.collectors
  if (service.unavailable) fail(`no figures: ${service.unavailable}`, 3)
  const { producer_run_delay_ns: producer, consumer_run_delay_ns: consumer } = record.phases[0]
  const without_cpu = (producer + consumer) / (settings.duration * 1e9)
  return { ...service, invalid: record.invalid, without_cpu }
}

/** The same while the machine leaves both ends their CPUs: the rule looks at nothing else. */
async function measureUndisturbed(settings, runSeed) {
  for (let left = tries; left > 0; left--) {
    const run = await measure(settings, runSeed)
    if (run.without_cpu <= MAX_WITHOUT_CPU) return run
    disturbed++
    await sleep(PAUSE_MS)
  }
  return fail(`in ${tries} runs in a row an end had no CPU for over 1 % of the time; free both CPUs`, 3)
}

/** Time in service, at a tenth of the load. */
async function serviceNs(workBytes) {
  const settings = { 'work-bytes': workBytes, 'prod-interval-us': 10 * SERVICE_US, duration: 1 }
  return (await measureUndisturbed(settings, seed)).service_median_ns
}

/** Bytes of work that take about {@link SERVICE_US}. */
async function calibrate() {
  const probe = 2 ** 16
  return Math.round((probe * SERVICE_US * 1000) / (await serviceNs(probe)))
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
    const items = Math.floor((seconds * 1e6 * utilisation) / SERVICE_US)
    const error = (2 * drawError(utilisation, items)) / Math.sqrt(rounds)
    const percent = (100 * error).toFixed(1)
    console.log(`ρ ${utilisation}: ${items} items a round; ${rounds} rounds leave the draw ± ${percent} % (2 s.e.)`)
    if (error > ALLOWED_ERROR) fail(`${percent} % is more than 10 %; give more --rounds or --seconds`, 2)
  }
}

console.log(machine())
console.log(`queue ${values.queue}, ${rounds} rounds in turns of ${seconds} s, seed ${seed}\n`)
checkItems()
const workBytes = await calibrate()
console.log(`\n--work-bytes ${workBytes}\n`)

const figures = new Map(UTILISATIONS.map((utilisation) => [utilisation, []]))
for (let round = 0; round < rounds; round++) {
  // Anew in each round: the machine's speed drifts.
  const service = await serviceNs(workBytes)
  for (const utilisation of UTILISATIONS) {
    const settings = {
      'work-bytes': workBytes,
      'prod-interval-us': service / 1000 / utilisation,
      duration: seconds,
    }
    const run = await measureUndisturbed(settings, seed + round)
    // The service of this very run: a share of the interval that was asked for before.
    const theory = formula((utilisation * run.service_ns) / service, run.service_ns)
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
console.log(`${disturbed} more runs were thrown away, since an end had no CPU for over 1 % of the time`)
for (const { invalid } of runs) if (invalid !== undefined) console.log(invalid)
