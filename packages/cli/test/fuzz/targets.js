// What must hold whatever is typed, whatever a scenario file says and whatever stands in a file of results. Plain
// JavaScript: `npm run prove` runs the same for longer.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { main } from '@spsc/cli'
import { parseRecord, parseScenario, SETTINGS } from '@spsc/core'
import { EXPORTERS, sideBySide, toCsv, toHtml, toMarkdown, toSummary } from '@spsc/report'
import fc from 'fast-check'

const OPTIONS = [
  ...SETTINGS.map((setting) => `--${setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`),
  ...['--queue', '--rate', '--replicates', '--seed', '--collect', '--perf-events', '--emit-latencies', '--name'],
  ...['--out', '--force', '--resume', '--serve', '--json', '--quiet', '--log-level', '--color', '--slo', '--max-rate'],
  ...['--resolution', '--max-time', '--help', '--version', '--', '-'],
]
const VALUES = [
  ...['8', '8,64', '8..64*2', '0..100+25', '1..', '..', '1..1e9', '8..64*1', '-1', '0', '1.5', 'NaN', '1e12', '8x', ''],
  ...['10s', '500ms', '1e20', 'none', 'first', 'last', '4095', 'sab', 'sab,sab-mutex', 'native', './q', '../x', 'a/b'],
  ...['__proto__', 'constructor', '=CMD()', '\u001b[31m', 'a\nb', '\u0000', 'csv=x.csv', 'json=-', 'csv=', 'x=y'],
  ...['p99<100us', 'p99<', 'drop<0.001', '5%', 'auto', 'always', 'info', 'histogram', 'cycles', 'baseline', 't000'],
]
const COMMANDS = ['run', 'sweep', 'list', 'completion', 'rnu', '', '--help', '--version']
const word = fc.oneof(
  { arbitrary: fc.constantFrom(...OPTIONS), weight: 4 },
  { arbitrary: fc.constantFrom(...VALUES), weight: 4 },
  {
    arbitrary: fc.tuple(fc.constantFrom(...OPTIONS), fc.constantFrom(...VALUES)).map((pair) => pair.join('=')),
    weight: 4,
  },
  // Nothing that could name a file elsewhere.
  { arbitrary: fc.string({ unit: 'binary' }).map((text) => text.replaceAll('/', '')), weight: 1 },
)

const CODES = [0, 2, 3, 4, 5]
const ESCAPE = '\u001b'

/** Runs a command line in this process, in a folder of its own, with what it would print and its exit code. */
async function said(args) {
  const kept = { stdout: '', stderr: '' }
  const restore = ['stdout', 'stderr'].map((name) => {
    const stream = process[name]
    const { write } = stream
    const listeners = stream.listeners('error')
    stream.write = (text) => {
      kept[name] += text
      return true
    }
    return () => {
      stream.write = write
      for (const listener of stream.listeners('error')) if (!listeners.includes(listener)) stream.off('error', listener)
    }
  })
  try {
    return { code: await main(args), ...kept }
  } finally {
    for (const each of restore) each()
  }
}

/** Exit code and output of any command line that measures nothing. */
function checkSaid({ code, stdout, stderr }, args) {
  const what = JSON.stringify(args)
  if (!CODES.includes(code)) throw new Error(`${what}: exit code ${code}`)
  if (stderr.includes(ESCAPE) || stdout.includes(ESCAPE)) throw new Error(`${what}: an escape reached the terminal`)
  if (code === 0) return
  if (!/^\[spsc\] \[[a-z ]+\] [^\n]+\n$/.test(stderr)) throw new Error(`${what}: ${code}, ${JSON.stringify(stderr)}`)
  if (/ is not a function|Cannot (read|convert|destructure)|undefined is not/.test(stderr))
    throw new Error(`${what}: ${stderr}`)
}

function inFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-fuzz-'))
  process.chdir(folder)
  process.on('exit', () => {
    process.chdir('/')
    rmSync(folder, { recursive: true, force: true })
  })
}

const commandLine = {
  name: 'command lines',
  input: fc.tuple(fc.constantFrom(...COMMANDS), fc.array(word, { maxLength: 7 })),
  async run([command, words]) {
    const measuring = command === 'run' || command === 'sweep'
    const args = measuring ? [command, '--print-config', ...words] : [command, ...words]
    // After `--` an option is a target, so nothing would stop it from measuring.
    if (measuring && words.some((each) => each === '--')) args.splice(args.indexOf('--'), 1)
    checkSaid(await said(args), args)
  },
}

const FILE = `name: mine
defaults: { prodIntervalUs: 500, duration: 1s }
queues: [sab, sab-mutex]
replicates: 2
scenarios:
  small: { queueCap: 8 }
  sizes: &sizes { queueCap: [8, 64], wait: spin }
  ranges: { queueCap: 8..64*2, workBytes: 0..100+25 }
  again: *sizes
`
const PIECES = [
  '&a',
  '*a',
  '<<: *a',
  '!!binary x',
  '!x',
  '---',
  '...',
  '? ',
  '%YAML 9',
  '{',
  ']',
  '"',
  "'",
  '\t',
  '|',
  '>-',
  '\u001b',
  '__proto__:',
  '*sizes',
]
const damagedYaml = fc
  .array(fc.tuple(fc.nat(), fc.nat(12), fc.oneof(fc.constantFrom(...PIECES, ...VALUES), fc.string())), {
    minLength: 1,
    maxLength: 5,
  })
  .map((cuts) =>
    cuts.reduce((text, [at, length, put]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + put + text.slice(place + length)
    }, FILE),
  )
const plain = fc.anything({ withNullPrototype: false })
const structure = fc
  .oneof(
    plain,
    fc.record(
      {
        name: plain,
        defaults: fc.dictionary(fc.constantFrom(...SETTINGS, 'x'), fc.oneof(fc.constantFrom(...VALUES), plain)),
        scenarios: fc.dictionary(
          fc.string(),
          fc.dictionary(fc.constantFrom(...SETTINGS, 'x'), fc.oneof(fc.constantFrom(...VALUES), plain)),
        ),
        queues: plain,
        replicates: plain,
      },
      { requiredKeys: [] },
    ),
  )
  .map((value) => JSON.stringify(value) ?? '')
const scenarioFile = {
  name: 'scenario files, as text',
  input: fc.tuple(fc.constantFrom('a.yaml', 'a.json'), fc.oneof(damagedYaml, structure, fc.string({ maxLength: 200 }))),
  async run([name, text]) {
    writeFileSync(name, text)
    checkSaid(await said(['run', name, '--print-config']), text)
  },
}

/** A value in the place of one somewhere in a document, or none. */
const EDGES = [
  null,
  -1,
  0,
  1e308,
  '',
  'x'.repeat(500),
  '<script>',
  '=CMD()',
  '\u001b[31m',
  [],
  {},
  [[]],
  true,
  '__proto__',
]
function changed(document, [steps, value]) {
  const copy = structuredClone(document)
  let at = copy
  for (const [index, step] of steps.entries()) {
    const keys = Object.keys(at)
    if (keys.length === 0) return copy
    const key = keys[step % keys.length]
    const next = at[key]
    if (index === steps.length - 1 || typeof next !== 'object' || next === null) {
      if (value === undefined) delete at[key]
      else at[key] = value
      return copy
    }
    at = next
  }
  return copy
}
const change = fc.tuple(
  fc.array(fc.nat(200), { minLength: 1, maxLength: 8 }),
  fc.oneof(
    fc.constantFrom(...EDGES),
    fc.constant(undefined),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.jsonValue(),
  ),
)

/** A record like those that a run stores; richer ones come from real runs. */
const FAILED = {
  schema: 1,
  run: 't',
  scenario: 'baseline',
  queue: 'sab',
  cell: 1,
  replicate: 1,
  order: 1,
  seed: 1,
  replicate_seed: 2,
  started_at: '2026-01-01T00:00:00.000Z',
  config: parseScenario('baseline'),
  warnings: [],
  status: 'failed',
  error: { code: 'ERR_PLUGIN', message: 'none' },
}

/** Everything that is drawn of records in text. */
function draw(records) {
  const options = { name: 'mine', skipped: [] }
  toCsv(records)
  const markdown = toMarkdown(records, options)
  if (/(?<!\\)<script>/.test(markdown.replace(/`[^`\n]*`/g, ''))) throw new Error('a script in Markdown')
  const html = toHtml(records, options)
  if (html.includes('<script>1')) throw new Error('a script in HTML')
  const summary = toSummary(records)
  if (summary.includes(ESCAPE)) throw new Error('an escape in the table')
  for (const format of Object.values(EXPORTERS)) format(records, options)
  sideBySide([
    { label: 'a', records },
    { label: 'b', records },
  ])
}

/** @param lines lines of results files, as real runs have stored them */
export function storedResults(lines = []) {
  const documents = [FAILED, ...lines.map((line) => JSON.parse(line))]
  return {
    name: 'stored results, changed and drawn',
    input: fc.tuple(fc.nat(documents.length - 1), fc.array(change, { minLength: 1, maxLength: 3 })),
    run([which, changes]) {
      const line = JSON.stringify(changes.reduce(changed, documents[which]))
      const record = parseRecord(line)
      if (record === undefined) return
      draw([record])
      draw([record, parseRecord(JSON.stringify(FAILED))])
    },
  }
}

/** The command that reads results, on a file with damaged lines. */
export function reportCommand(lines = []) {
  const text = [JSON.stringify(FAILED), ...lines].join('\n')
  return {
    name: 'spsc report on damaged results',
    input: fc.tuple(
      fc.nat(),
      fc.nat(40),
      fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('\n', '{}', 'null', '"schema":2')),
    ),
    async run([at, length, put]) {
      const place = at % text.length
      writeFileSync('mine_results.ndjson', text.slice(0, place) + put + text.slice(place + length))
      const { code, stderr } = await said(['report', 'mine', '--out', '.', '--out', 'csv=-'])
      const lines = stderr.split('\n').slice(0, -1)
      if (!CODES.includes(code)) throw new Error(`exit code ${code}`)
      if (stderr.includes(ESCAPE) || lines.some((line) => !/^\[spsc\] \[/.test(line))) throw new Error(stderr)
      if (code === 0 && !readFileSync('mine_metrics.csv', 'utf8').startsWith('scenario,queue,'))
        throw new Error('no CSV')
    },
  }
}

export { inFolder }
export default [commandLine, scenarioFile]
