// What the laboratory costs: `spsc run --queue native --prod-interval-us 0` beside the same loop in bench.cpp, the same
// ring between the same CPUs, in turns. `node laboratory.mjs --rounds 15` varies it.
import { parseArgs } from 'node:util'
import { parseScenario } from '@spsc/core'
import { runReplicate } from '@spsc/core/driver'
import native, { allowedCpus } from '@spsc/queue-native'
import { machine, spread, table } from '../lib/report.js'
import { fail, measure, withProgram } from './program.mjs'

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '9' } } })
const rounds = Number(values.rounds)
if (!Number.isInteger(rounds) || rounds < 1) fail(`--rounds is ${values.rounds}; allowed: whole numbers from 1`, 2)

const cpus = allowedCpus()
if (cpus.length < 2) fail('only one CPU is allowed; allow two, one for each end', 5)

const scenario = (queueCap) =>
  parseScenario('flat out', {
    queueCap,
    prodIntervalUs: 0,
    duration: '300ms',
    warmup: '50ms',
    wait: 'spin',
    onFull: 'block',
    pinProducer: cpus[0],
    pinConsumer: cpus.at(-1),
  })

async function bare(program, capacity, round) {
  const { samples } = await measure(program, {
    rounds: 1,
    seed: round,
    only: `8 B, push and pop, ${capacity}`,
  })
  return samples[0].value
}

async function inLaboratory(capacity, seed) {
  const { ops_s } = await runReplicate({ backend: native, scenario: scenario(capacity), collectors: [], seed })
  return ops_s / 1e6
}

await withProgram(async (program) => {
  const rows = []
  for (const capacity of [64, 1024, 65536]) {
    const figures = []
    for (let round = 0; round < rounds; round++) {
      const loop = await bare(program, capacity, round)
      const run = await inLaboratory(capacity, round)
      figures.push({ loop, run, ratio: run / loop })
    }
    const column = (key, digits) =>
      spread(
        figures.map((figure) => figure[key]),
        digits,
      )
    rows.push([String(capacity), column('loop', 0), column('run', 0), column('ratio', 2)])
  }
  console.log(machine())
  console.log(`${rounds} rounds in turns, producer on CPU ${cpus[0]}, consumer on CPU ${cpus.at(-1)}\n`)
  console.log(table([['capacity', 'bare loop, M items/s', 'spsc run', 'ratio'], ...rows]))
})
