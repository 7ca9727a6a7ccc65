// Runs the conformance suite, as built, in every runtime that is here or can be had, and says which are not.
//   node run.js               all of them
//   node run.js deno bun      these
import { obtainable } from './obtain.js'
import { render } from './report.js'
import { runChromium } from './run-chromium.js'
import { runProcess } from './run-process.js'

const runners = { ...Object.fromEntries(obtainable.map((name) => [name, runProcess])), chromium: runChromium }
const all = Object.keys(runners)

const named = process.argv.slice(2)
const unknown = named.filter((name) => !all.includes(name))
if (unknown.length > 0) {
  console.error(
    `[spsc] [runtimes] no runtime is called ${unknown.join(', ')}; allowed: ${all.join(', ')}; name some, or none for all`,
  )
  process.exit(2)
}

const rows = []
// One after the other: each keeps two CPUs busy.
for (const name of all.filter((name) => named.length === 0 || named.includes(name))) {
  console.error(`[spsc] [runtimes] ${name} …`)
  rows.push(...(await runners[name](name)))
}
const { text, failed } = render(rows)
console.log(text)
process.exitCode = failed > 0 ? 1 : 0
