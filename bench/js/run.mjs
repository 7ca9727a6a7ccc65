// Our queues beside what programs use instead, between two workers: `node bench/js/run.mjs --workloads singles,rpc`.
import { writeFileSync } from 'node:fs'
import { loadavg, cpus as machineCpus } from 'node:os'
import { machine, runtime } from '../lib/report.js'
import { withProgram } from '../native/program.mjs'
import { loadPeers, rowsOf, WORKLOADS } from './catalogue.js'
import { runIn } from './in-runtime.js'
import { chooseCpus } from './lib/pin.js'
import { random } from './lib/random.js'
import { measure } from './measure.js'
import { parseSettings } from './settings.js'
import { tables } from './tables.js'

const PING_PONGS = 20_000

function fail(message, exitCode) {
  console.error(`[spsc] [bench] ${message}`)
  process.exit(exitCode)
}

const catalogue = { workloads: WORKLOADS, peers: await loadPeers() }
const settings = settingsOf(process.argv.slice(2))
if (settings.runtime !== undefined) process.exit(await inRuntime(settings.runtime))

const { cpus, pinning } = chooseCpus()
const record = {
  machine: { description: machine(), runtime: runtime(), pinning },
  command: process.argv.slice(2),
  workloads: [],
}

console.log(machine())
console.log(pinning)
console.log(describe(settings))
console.log('Medians (min–max). A ratio compares two samples of one round, with the best configuration of the other.')
warnOfLoad()
try {
  if (settings.native) await withProgram(measureAll)
  else await measureAll()
} catch (error) {
  fail(error.message, 1)
}

function settingsOf(args) {
  try {
    return parseSettings(args, catalogue)
  } catch (error) {
    return fail(error.message, 2)
  }
}

async function inRuntime(name) {
  try {
    return await runIn(name, settings.args)
  } catch (error) {
    return fail(error.message, 2)
  }
}

function describe({ capacity, items, seconds, rounds, seed }) {
  const length = items === undefined ? `${seconds} s a sample` : `${items} items a sample`
  return `capacity ${capacity} · ${length}, fresh workers, warmed up · ${rounds} rounds, the first dropped · seed ${seed}`
}

function warnOfLoad() {
  const [load] = loadavg()
  const count = machineCpus().length
  if (load < count) return
  console.error(
    `[spsc] [bench] load average ${load.toFixed(1)} on ${count} CPUs: ends that spin wait for each other's time slice, ` +
      'and no figure below means anything; stop what else runs',
  )
}

/** @param native path of the C++ program, where there is one */
async function measureAll(native) {
  const { capacity, items, seconds, rounds, seed } = settings
  const options = { capacity, items, seconds, rounds, cpus, native, pingPongs: PING_PONGS, draw: random(seed) }
  for (const workload of settings.workloads) {
    const rows = await rowsOf(workload, settings.peers, options)
    if (rows.length === 0) continue
    console.log(`\n## ${workload.name}: ${workload.sentence}\n`)
    await measure(rows, options)
    console.log(tables(workload, rows))
    save(workload, rows)
  }
}

/** The whole record anew after each workload, so that what ends the run later loses nothing. */
function save({ name, figure }, rows) {
  if (settings.json === undefined) return
  record.workloads.push({
    name,
    unit: figure.unit,
    rows: rows.map(({ peer, configuration, missing, samples }) => ({
      peer: peer.name,
      configuration,
      missing,
      samples,
    })),
  })
  writeFileSync(settings.json, `${JSON.stringify({ ...record, seed: settings.seed }, null, 2)}\n`)
}
