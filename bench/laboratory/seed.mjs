// Measures the seed's scenarios on this machine and in a guest, and puts the figures beside the seed's into docs/seed.md.
//
//   node bench/laboratory/seed.mjs [--duration SECONDS] [--replicates N] [--check]
//
// With --check it measures nothing and says whether the document has its markers. Leave the machine alone meanwhile.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const root = new URL('../..', import.meta.url)
const BIN = fileURLToPath(new URL('packages/cli/bin/spsc.js', root))
const DOCUMENT = fileURLToPath(new URL('docs/seed.md', root))
const [BEGIN, END] = ['<!-- figures -->', '<!-- end of figures -->']
// The guest is what may be missing: it is measured first, and shown last.
const GROUNDS = { guest: ['--in', 'qemu'], host: [] }
/** The seed's queue, and its kernel's slack. */
const ALIKE = ['--queue', 'mutex', '--timer-slack', 'default', '--collect', 'histogram,ledger,sched']

/** What the seed printed. @see the first table and the two listings of perf stat of its results */
const SEED = {
  baseline: ['0.060', '0.122', '0.299', '447', '0.000'],
  affinity: ['0.056', '0.278', '1.620', '452', '0.000'],
  'queue-cap-8': ['0.062', '0.130', '0.345', '456', '0.000'],
}
const SEED_COUNTS = {
  1000: {
    cpu: 440.54 / 10.010471 / 10,
    switches: 9253 / 10.010471,
    migrations: 338 / 10.010471,
    faults: 43 / 10.010471,
  },
  0: { cpu: 18816.44 / 10.02241 / 10, switches: 18877 / 10.02241, migrations: 13 / 10.02241, faults: 161 / 10.02241 },
}

function stop(message) {
  process.stderr.write(`[spsc] [seed] ${message}\n`)
  process.exit(2)
}

function settings() {
  const options = { duration: { type: 'string' }, replicates: { type: 'string' }, check: { type: 'boolean' } }
  try {
    const { values } = parseArgs({ options })
    const { duration = '2', replicates = '3', check = false } = values
    if (!(Number(duration) > 0) || !(Number(replicates) >= 1)) throw new Error('allowed: numbers above 0')
    return { duration: Number(duration), replicates: Number(replicates), check }
  } catch (error) {
    return stop(`${error.message}; allowed: --duration SECONDS, --replicates N, --check`)
  }
}

/** Records of a run, and its manifest. Exit code 3 leaves figures: a rate was missed, as in the seed. */
function measure(dir, name, args) {
  process.stderr.write(`spsc run ${args.join(' ')}\n`)
  const run = ['run', ...args, '--name', name, '--out', dir, '--quiet']
  const { status } = spawnSync(process.execPath, [BIN, ...run], { stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0 && status !== 3) stop(`spsc run ended with code ${status}; its output is above`)
  const text = readFileSync(join(dir, `${name}_results.ndjson`), 'utf8')
  const records = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const failed = records.find((record) => record.status !== 'ok')
  if (failed) stop(`${failed.scenario} failed: ${failed.error.message}`)
  return { records, manifest: JSON.parse(readFileSync(join(dir, `${name}_manifest.json`), 'utf8')) }
}

/** Median with the lowest and the highest, as in a report. */
function spread(values, digits) {
  const known = values.filter(Number.isFinite).sort((a, b) => a - b)
  if (known.length === 0) return 'unavailable'
  const middle = (known[(known.length - 1) >> 1] + known[known.length >> 1]) / 2
  const text = (value) => value.toFixed(digits)
  return known.length === 1 ? text(middle) : `${text(middle)} (${text(known[0])}–${text(known.at(-1))})`
}

const table = (head, rows) =>
  [head, head.map((_, column) => (column < 2 ? '---' : '---:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')

const latency = (name) => (record) => {
  const ns = record.collectors.histogram?.latency?.[`${name}_ns`]
  // Below what the instruments could tell apart there is no figure.
  return ns === undefined ? Number.NaN : Math.max(ns, record.certificate?.floor_ns ?? 0) / 1e6
}

function figuresOf(records) {
  return [
    ...['p50', 'p95', 'p99'].map((name) => spread(records.map(latency(name)), 3)),
    spread(
      records.map(({ ops_s }) => ops_s),
      0,
    ),
    spread(
      records.map(({ drop_rate }) => drop_rate),
      3,
    ),
  ]
}

function sameCpu(records) {
  const handoffs = records.map((record) => record.collectors.ledger?.handoffs)
  return spread(
    handoffs.map((found) => 100 * (found?.same_cpu?.share ?? Number.NaN)),
    0,
  )
}

/** Both threads' figures of the first phase, per wall second. */
function countsOf(records, of, scale = 1) {
  return records.map((record) => {
    const phase = record.collectors.sched?.phases?.[0]
    if (phase === undefined) return Number.NaN
    const { producer, consumer } = phase.threads
    return (scale * (of(producer) + of(consumer))) / (phase.wall_ns / 1e9)
  })
}

function countRow(records) {
  return [
    spread(
      countsOf(records, ({ run }) => run.cpu_ns, 1e-7),
      1,
    ),
    spread(
      countsOf(records, ({ switches }) => switches.voluntary + switches.involuntary),
      0,
    ),
    spread(
      countsOf(records, ({ migrations }) => migrations.count),
      0,
    ),
    spread(
      countsOf(records, ({ faults }) => faults.minor + faults.major),
      0,
    ),
  ]
}

const seedCounts = ({ cpu, switches, migrations, faults }) => [
  cpu.toFixed(1),
  ...[switches, migrations, faults].map((figure) => figure.toFixed(0)),
]

function paced(grounds) {
  const rows = Object.entries(SEED).flatMap(([scenario, seed]) => [
    [`\`${scenario}\``, 'seed', ...seed, 'not told'],
    ...grounds.map(({ name, paced: { records } }) => {
      const own = records.filter((record) => record.scenario === scenario)
      return ['', name, ...figuresOf(own), sameCpu(own)]
    }),
  ])
  return table(['scenario', 'on', 'p50 (ms)', 'p95 (ms)', 'p99 (ms)', 'ops/s', 'drop', 'same CPU (%)'], rows)
}

function flatOut(grounds) {
  const cells = [...new Set(grounds[0].flat.records.map(({ cell }) => cell))].sort((a, b) => a - b)
  const rows = cells.flatMap((cell) =>
    grounds.map(({ name, flat: { records } }) => {
      const own = records.filter((record) => record.cell === cell)
      return [`\`${own[0].scenario}\``, name, ...figuresOf(own)]
    }),
  )
  return table(['scenario', 'on', 'p50 (ms)', 'p95 (ms)', 'p99 (ms)', 'ops/s', 'drop'], rows)
}

function counts(grounds) {
  const baseline = (records, queueCap) =>
    records.filter(({ config }) => config.queueCap === queueCap && config.pinConsumer === 'none')
  const rows = [
    ['1000', 'seed', ...seedCounts(SEED_COUNTS[1000])],
    ...grounds.map(({ name, paced: { records } }) => ['', name, ...countRow(baseline(records, 64))]),
    ['0', 'seed', ...seedCounts(SEED_COUNTS[0])],
    ...grounds.map(({ name, flat: { records } }) => ['', name, ...countRow(baseline(records, 64))]),
  ]
  return table(['interval (µs)', 'on', 'CPU (% of one)', 'switches/s', 'migrations/s', 'faults/s'], rows)
}

function groundText({ paced: { manifest } }) {
  const { ground, machine } = manifest
  if (ground.in === 'host')
    return `host: ${machine.cpu_model}, ${cpus().length} CPUs, Linux ${release()}, clock ${machine.clock_source}`
  return `guest: QEMU ${ground.qemu}, ${ground.mode}, ${ground.accelerator}, ${ground.cpus} CPUs, ${ground.memory_mib} MiB, Linux ${ground.kernel}, clock ${ground.clock_source}`
}

function section(grounds, { duration, replicates }) {
  const date = new Date().toISOString().slice(0, 10)
  return `Measured on ${date} with Node ${process.versions.node} by
\`npm run seed -- --duration ${duration} --replicates ${replicates}\`: medians of ${replicates} replicates of ${duration} s, lowest and highest in parentheses.

${grounds.map((ground) => `- ${groundText(ground)}; fingerprint \`${ground.paced.manifest.machine.id}\``).join('\n')}

### t000: 1000 µs between items

${paced(grounds)}

### t001: what the two threads did, baseline, capacity 64

${counts(grounds)}

### t001: as fast as possible

${flatOut(grounds)}
`
}

const options = settings()
const [before, rest] = readFileSync(DOCUMENT, 'utf8').split(BEGIN)
const after = rest?.split(END)[1]
if (after === undefined) stop(`${DOCUMENT} has no ${BEGIN} … ${END} any more; put them back`)
if (!options.check) {
  const dir = mkdtempSync(join(tmpdir(), 'spsc-seed-'))
  try {
    const long = [...ALIKE, '--duration', `${options.duration}`, '--replicates', `${options.replicates}`]
    const grounds = Object.entries(GROUNDS).map(([name, where]) => ({
      name,
      paced: measure(dir, `${name}-paced`, ['t000', ...long, ...where]),
      flat: measure(dir, `${name}-flat`, [
        ...['baseline', '--prod-interval-us', '0', '--queue-cap', '64,8', ...ALIKE],
        ...['--duration', `${options.duration / 3}`, '--replicates', `${options.replicates}`, ...where],
      ]),
    }))
    grounds.reverse()
    writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${section(grounds, options)}\n${END}${after}`)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
