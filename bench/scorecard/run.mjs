// How well `spsc why` finds what was put in: faults, two at once and clean runs in random order, each diagnosed without
// what says which it is. See README.md.
//
//   npm run scorecard -- --seed 7 --each 3 --max-time 200 && npm run scorecard -- --seed 7 --each 3
import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { diagnose, planRun, resultsPath, startRun } from '@spsc/lab'
import { readRecords } from '@spsc/report'
import { MODULES } from '../lib/queues.js'
import { machine } from '../lib/report.js'
import { BASES, casesOf } from './cases.js'
import { blind, hadEffect, scoreOf, wasDisturbed } from './score.js'
import { scorecard } from './tables.js'

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    each: { type: 'string', default: '3' },
    pairs: { type: 'string', default: '12' },
    seconds: { type: 'string', default: '3' },
    queue: { type: 'string', default: 'native' },
    out: { type: 'string', default: join(tmpdir(), 'spsc-scorecard') },
    attempts: { type: 'string', default: '3' },
    'max-time': { type: 'string' },
    json: { type: 'boolean', default: false },
  },
})

function fail(message) {
  console.error(`[spsc] [scorecard] ${message}`)
  process.exit(2)
}

function number(name, low, high) {
  const value = Number(values[name])
  if (!(value >= low && value <= high)) fail(`--${name} is ${values[name]}; allowed: a number from ${low} to ${high}`)
  return value
}

const seed = number('seed', 0, 2 ** 32 - 1)
const each = number('each', 0, 100)
const pairs = number('pairs', 0, 1000)
// Two windows of a second are the least that can recur.
const seconds = number('seconds', 2, 60)
if (!(values.queue in MODULES)) fail(`--queue is ${values.queue}; allowed: ${Object.keys(MODULES).join(', ')}`)
const attempts = number('attempts', 1, 20)
const timeS = values['max-time'] === undefined ? undefined : number('max-time', 1, 86_400)

const resolved = (name) => ({ label: name, backend: { module: import.meta.resolve(MODULES[name]), name } })
const collector = (module, name) => ({ plugin: { module: import.meta.resolve(module), name } })
const collectors = [
  collector('@spsc/metrics', 'histogram'),
  collector('@spsc/metrics', 'ledger'),
  collector('@spsc/perf', 'sched'),
]
const { cases, references } = casesOf({ seed, each, pairs })

/** Some cases of one queue, in random order, are a run of the laboratory; one that was cut short goes on. */
async function measure(of, queue, attempt, signal) {
  const scenarios = of.map(({ name, base, inject }) => ({
    name,
    settings: { duration: seconds, warmup: 0.3, ...BASES[base].settings, inject },
  }))
  const plan = planRun({ scenarios, queues: [resolved(queue)], replicates: 1, seed: seed + attempt })
  mkdirSync(values.out, { recursive: true })
  const store = { dir: values.out, name: `scorecard-${seed}-${queue}-${attempt}` }
  const { run, finished } = await startRun({
    ...{ plan, store, onExisting: 'resume', collectors: () => collectors, command: 'scorecard', versions: {}, signal },
    affinity: import.meta.resolve('@spsc/queue-native'),
  })
  run.on('result', ({ order, status, error }) => {
    const problem = status === 'ok' ? '' : `: ${error.message}`
    console.error(`${queue}, attempt ${attempt}: ${order} of ${plan.schedule.length}${problem}`)
  })
  const { cancelled } = await finished
  return { records: (await readRecords(resultsPath(store))).records, cancelled }
}

/** Measures all, and those that others disturbed anew. */
async function measureAll(signal) {
  const records = new Map()
  const of = [...references, ...cases]
  let left = of
  for (let attempt = 1; attempt <= attempts && left.length > 0; attempt++) {
    const queueOf = ({ base }) => BASES[base].queue ?? values.queue
    for (const queue of new Set(left.map(queueOf))) {
      const own = left.filter((one) => queueOf(one) === queue)
      const { records: found, cancelled } = await measure(own, queue, attempt, signal)
      for (const record of found) if (record.status === 'ok') records.set(record.scenario, record)
      if (cancelled) return { records, cancelled }
    }
    left = of.filter((one) => !records.has(one.name) || wasDisturbed(records.get(one.name), one))
  }
  return { records, cancelled: false }
}

const signal = timeS === undefined ? undefined : AbortSignal.timeout(timeS * 1000)
const { records, cancelled } = await measureAll(signal)
if (cancelled) {
  console.error(`${records.size} of ${cases.length + references.length} are measured; the same command goes on`)
  process.exit(0)
}

const measured = (ones) =>
  ones.flatMap((one) => {
    const record = records.get(one.name)
    return record === undefined || wasDisturbed(record, one) ? [] : [record]
  })
const scores = cases.flatMap((one) => {
  const [record] = measured([one])
  if (record === undefined) return []
  const ofBase = ({ base }) => base === one.base
  const reference = measured(references.filter(ofBase))
  const clean = [...reference, ...measured(cases.filter((other) => ofBase(other) && other.faults.length === 0))]
  if (clean.length === 0) return []
  const diagnosis = diagnose([blind(record)], reference.map(blind))
  const effect = one.faults.length > 0 && hadEffect(record, clean)
  return [{ name: one.name, base: one.base, verdict: diagnosis.verdict, ...scoreOf(one, diagnosis, effect) }]
})
if (values.json) console.log(JSON.stringify({ seed, left: cases.length - scores.length, scores }, null, 2))
else console.log(`${machine()}\n\n${scorecard(scores, { seed, left: cases.length - scores.length })}`)
