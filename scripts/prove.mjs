// Everything that is proved or tried beyond the ordinary tests, as one table: `npm run prove`, or `npm run prove -- PART…`.
//
// `--long` runs what takes minutes to an hour.
//
// Each file in prove/ is a part. It exports `title` and an async generator `rows({ long })`, which yields a row as each
// thing is done: { what, runs, extent, ok, ms, detail }
//   what    the scenario, as a sentence or a name: a string
//   runs    how often: executions, mutants killed / total, faults survived / total; a number or a string
//   extent  `complete`, or the bound within which: a string
//   ok      whether it holds: a boolean, or `undefined` where this machine lacks what it takes, with the reason as `detail`
//   ms      how long it took; absent: since the row before
//   detail  what to print below the table, such as the trace of a failure; absent: nothing
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'

const folder = new URL('./prove/', import.meta.url)
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.mjs'))
  .map((file) => file.slice(0, -'.mjs'.length))
  .sort()

const WIDTHS = { what: 46, runs: 14, extent: 12, time: 5 }

function line(what, runs, extent, time) {
  const cells = [
    `  ${what}`.padEnd(WIDTHS.what),
    String(runs).padStart(WIDTHS.runs),
    ` ${extent}`.padEnd(WIDTHS.extent + 1),
  ]
  return `${cells.join('')}${time.padStart(WIDTHS.time + 1)}`
}

/** Words over as many lines as they take, the last of which is as long as the column at most. */
function wrapped(text, width) {
  const lines = ['']
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.trimStart().length > width) lines.push('')
    lines.push(`${lines.pop()} ${word}`.trimStart())
  }
  return lines
}

const seconds = (ms) => `${(ms / 1000).toFixed(1)}s`

function print({ what, runs, extent, ok, ms }) {
  const said = ok === undefined ? 'unavailable' : ok ? extent : 'FAILED'
  const lines = wrapped(what, WIDTHS.what - 2)
  for (const before of lines.slice(0, -1)) console.log(`  ${before}`)
  console.log(line(lines.at(-1), typeof runs === 'number' ? runs.toLocaleString('en') : runs, said, seconds(ms)))
}

async function prove(parts, options) {
  const begin = performance.now()
  const counts = { held: 0, failed: 0, unavailable: 0 }
  const details = []
  console.log(line('scenario', 'executions', 'extent', 'time'))
  for (const part of parts) {
    const { title, rows } = await import(new URL(`${part}.mjs`, folder).href)
    console.log(`\n${title}`)
    let since = performance.now()
    try {
      for await (const row of rows(options)) {
        print({ ms: performance.now() - since, ...row })
        since = performance.now()
        counts[row.ok === undefined ? 'unavailable' : row.ok ? 'held' : 'failed']++
        if (row.detail) details.push(`${title}: ${row.what}\n${row.detail}`)
      }
    } catch (error) {
      counts.failed++
      details.push(`${title}: ${error?.stack ?? error}`)
    }
  }
  for (const detail of details) console.log(`\n${detail}`)
  const { held, failed, unavailable } = counts
  console.log(`\n${held} held, ${failed} failed, ${unavailable} unavailable, ${seconds(performance.now() - begin)}`)
  return failed === 0
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { list: { type: 'boolean' }, long: { type: 'boolean' } },
})
const unknown = positionals.filter((part) => !known.includes(part))
if (unknown.length > 0) {
  console.error(
    `[spsc] [prove] no part is called ${unknown.join(', ')}; allowed: ${known.join(', ')}; or none, for all`,
  )
  process.exitCode = 2
} else if (values.list) {
  console.log(known.join('\n'))
} else if (!(await prove(positionals.length > 0 ? positionals : known, { long: values.long }))) {
  process.exitCode = 1
}
