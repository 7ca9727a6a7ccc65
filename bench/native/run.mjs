// Our native rings beside boost, ck and DPDK: compiles one program with all of them, runs it and prints a table.
// `node run.mjs --rounds 15 --seed 7 --only 'one by one, 64'` varies it.
import { parseArgs } from 'node:util'
import { fail, measure, withProgram } from './program.mjs'
import { report } from './report.mjs'

function settings() {
  try {
    const { values } = parseArgs({
      options: { rounds: { type: 'string' }, seed: { type: 'string' }, only: { type: 'string' } },
    })
    return {
      rounds: whole('rounds', values.rounds ?? '9', 1, 1000),
      seed: seedOf(values.seed),
      only: values.only ?? '',
    }
  } catch (error) {
    return fail(error.message, 2)
  }
}

const seedOf = (text) => (text === undefined ? Date.now() % 2 ** 32 : whole('seed', text, 0, 2 ** 32 - 1))

function whole(option, text, least, most) {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least && number <= most) return number
  throw new Error(`--${option} is ${text}; allowed: whole numbers from ${least} to ${most}`)
}

const chosen = settings()
await withProgram(async (program) => {
  const { samples, remarks } = await measure(program, chosen)
  console.log(report(samples, { ...chosen, remarks }))
})
