// Writes every figure of docs/affinity-anomaly.md anew: measures, asks why, tests the answer and a wrong one, and puts
// what `spsc` printed between the marks of the page. Takes about 6 minutes of a machine that nobody else uses.
//
//   node scripts/setup.mjs --build && node scripts/affinity-anomaly.mjs
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const PAGE = fileURLToPath(new URL('../docs/affinity-anomaly.md', import.meta.url))
const SPSC = fileURLToPath(new URL('../packages/cli/bin/spsc.js', import.meta.url))
const HOGS = 'hog=last:4'
const AFFINITY = `affinity inject=${HOGS}`
const BASELINE = `baseline inject=${HOGS}`

const folder = mkdtempSync(join(tmpdir(), 'spsc-anomaly-'))

/** One command in the folder: what it prints, below itself as one would type it. */
function spsc(...args) {
  console.error(`spsc ${args.join(' ')}`)
  const options = { cwd: folder, env: { ...process.env, NO_COLOR: '1', FORCE_COLOR: undefined } }
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [SPSC, ...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : error.code
      // 1 refuted, 3 a rate was missed (as a starved end misses it), 4 inconclusive: what the page is there to show.
      if (![0, 1, 3, 4].includes(code)) return reject(new Error(`exit code ${code}: ${stderr}`))
      const typed = args.map((word) => (/^[\w./:=,-]+$/.test(word) ? word : `'${word}'`)).join(' ')
      const files = /^result_data\/\S+$\n?/gm
      resolve(`$ npx spsc ${typed}\n${stdout.replace(files, '').trim()}\n$ echo $?\n${code}`)
    })
  })
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return (sorted[Math.floor(middle - 0.5)] + sorted[Math.ceil(middle - 0.5)]) / 2
}

/** What pinning the consumer does to the response, without hogs and with them. */
function ratios() {
  const lines = readFileSync(join(folder, 'result_data/anomaly_results.ndjson'), 'utf8').trim().split('\n')
  const records = lines.map((line) => JSON.parse(line)).filter(({ status }) => status === 'ok')
  const figure = (scenario, inject, key) =>
    median(
      records
        .filter((record) => record.scenario.startsWith(`${scenario} `) && record.config.inject === inject)
        .map(({ collectors }) => collectors.histogram.response[key]),
    ) / 1e3
  const row = (inject, key) => {
    const [free, pinned] = [figure('baseline', inject, key), figure('affinity', inject, key)]
    const us = (value) => value.toFixed(0)
    return `| ${inject === 'none' ? 'no hogs' : 'four hogs'} | ${key.slice(0, 3)} | ${us(free)} | ${us(pinned)} | ${(pinned / free).toFixed(2)} |`
  }
  return [
    '| | response | consumer free (µs) | pinned (µs) | ratio |',
    '|---|---|---|---|---|',
    ...['none', HOGS].flatMap((inject) => ['p50_ns', 'p99_ns'].map((key) => row(inject, key))),
  ].join('\n')
}

/** Puts text between the marks of a name. */
function put(page, name, text) {
  const [begin, end] = [`<!-- ${name} -->`, `<!-- /${name} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`${PAGE} has no ${begin} … ${end}`)
  return `${page.slice(0, from + begin.length)}\n${text}\n${page.slice(to)}`
}

const fenced = (text) => `\`\`\`console\n${text}\n\`\`\``

try {
  const settings = ['--queue', 'mutex', '--duration', '3', '--replicates', '6', '--seed', '1', '--name', 'anomaly']
  const collect = ['--collect', 'histogram,ledger,sched', '--inject', `none,${HOGS}`]
  const measured = await spsc('run', 'baseline', 'affinity', ...settings, ...collect)
  const blocks = ['--confirm', '--replicates', '8', '--duration', '3', '--seed', '2', '--quiet']
  const ask = ['why', 'anomaly', AFFINITY, '--against', BASELINE]
  const confirmed = await spsc(...ask, ...blocks)
  const decoy = await spsc(...ask, '--hypothesis', 'late-pacer', ...blocks)
  const verdictOf = (text) => text.slice(text.search(/^(confirmed|refuted|inconclusive): /m))
  let page = readFileSync(PAGE, 'utf8')
  page = put(
    page,
    'machine',
    `${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, ${new Date().toISOString().slice(0, 10)}`,
  )
  page = put(page, 'measured', fenced(measured.slice(0, measured.indexOf('\nMedians over replicates'))))
  page = put(page, 'ratios', ratios())
  page = put(page, 'confirmed', fenced(confirmed))
  page = put(page, 'decoy', fenced(`${decoy.split('\n')[0]}\n…\n${verdictOf(decoy)}`))
  writeFileSync(PAGE, page)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
