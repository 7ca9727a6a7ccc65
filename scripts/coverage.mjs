// Which branches and lines of each package's sources its own tests take: `npm run coverage`, or `-- queue-sab` for some
// packages. Exits 1 under a limit, and where a test fails. Tests run what is in dist; source maps lead back to the sources.
//
// V8 counts in each process and thread of the tests, which are hundreds for some packages, and each of them writes down
// all that it has loaded: megabytes, nearly all of them of other packages. So what is of the package alone is picked out
// before it is summed up, by the two libraries that c8 is made of; c8 itself takes hours for it.
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createRequire, SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'

const fromC8 = createRequire(createRequire(import.meta.url).resolve('c8'))
const { mergeScriptCovs } = fromC8('@bcoe/v8-coverage')
const v8ToIstanbul = fromC8('v8-to-istanbul')

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Percent of branches: of the core of each queue, and of the rest of a package. */
const CORE = 100
const REST = 95
const PACKAGES = {
  core: [],
  'queue-sab': ['src/ring/', 'src/mutex/', 'src/memory.ts'],
  loom: [],
  'queue-native': ['src/ends.ts', 'src/sab-ring.ts'],
  metrics: [],
  perf: [],
  lab: [],
  report: [],
  qemu: [],
  cli: [],
}

/** Tests that run no JavaScript of the package, or a changed copy of it, which is not counted. */
const WITHOUT = {
  'queue-sab': ['test/loom/**'],
  'queue-native': ['test/cpp.test.ts', 'test/arm64.test.ts'],
}

/** Tests of other packages that a package is made for. */
const BESIDES = {
  loom: [['queue-sab', 'test/loom/interleavings.test.ts']],
}

/** The tests of a package are ended after so long; what they took until then is counted. */
const DEFAULT_MINUTES = 15

const elapsed = (since) => `${((performance.now() - since) / 1000).toFixed(0)}s`

/** The tests that speak for a package: `[package, files of it]`. */
function testsOf(name) {
  const skipped = (WITHOUT[name] ?? []).map((files) => `!${files}`)
  return [[name, ...(skipped.length > 0 ? ['test/**/*.test.ts', ...skipped] : [])], ...(BESIDES[name] ?? [])]
}

/** Runs tests of a package with V8's counts going into `raw`; what is wrong, if anything. */
async function runTests([name, ...files], raw, minutes) {
  const ava = [join(ROOT, 'node_modules/ava/entrypoints/cli.mjs'), '--config', '../../ava.config.js']
  const child = spawn(process.execPath, [...ava, '--timeout', '5m', ...files], {
    cwd: join(ROOT, 'packages', name),
    env: { ...process.env, NODE_V8_COVERAGE: raw },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
  let late = false
  // On SIGINT ava tells which tests remain, and its processes write their counts.
  const timer = setTimeout(() => {
    late = true
    child.kill('SIGINT')
  }, minutes * 60_000)
  const status = await new Promise((resolve) => child.on('close', resolve))
  clearTimeout(timer)
  if (late) return `tests were ended after ${minutes} minutes; --minutes gives them more`
  return status === 0 ? undefined : `tests fail:\n${output.slice(-3000)}`
}

/** Where each line of a text begins. */
function lineStarts(lengths) {
  const starts = [0]
  for (const length of lengths) starts.push(starts.at(-1) + length + 1)
  return starts
}

/**
 * Counts by the places of the file on the disk. What loads the tests rewrites the files of dist that have an `import()` as
 * well, which moves all that stands behind it; the map that it leaves leads back. `undefined` where it left none.
 */
function asOnDisk(script, cached) {
  const lengthsOf = (text) => text.split('\n').map((line) => line.length)
  const text = readFileSync(fileURLToPath(script.url), 'utf8')
  const end = Math.max(...script.functions.map(({ ranges }) => ranges[0].endOffset))
  if (end === text.length) return script
  if (cached?.data === undefined || cached.data === null) return undefined
  const map = new SourceMap(cached.data)
  const [rewritten, onDisk] = [lineStarts(cached.lineLengths), lineStarts(lengthsOf(text))]
  const back = (offset) => {
    const line = rewritten.findLastIndex((start) => start <= offset)
    const column = offset - rewritten[line]
    const entry = map.findEntry(line, column)
    if (entry.originalLine === undefined) return offset === 0 ? 0 : text.length
    const moved = entry.generatedLine === line ? column - entry.generatedColumn : 0
    return Math.min(text.length, onDisk[entry.originalLine] + entry.originalColumn + moved)
  }
  const functions = script.functions.map((each) => ({
    ...each,
    ranges: each.ranges.map(({ startOffset, endOffset, count }) => ({
      startOffset: back(startOffset),
      endOffset: endOffset === end ? text.length : back(endOffset - 1) + 1,
      count,
    })),
  }))
  return { ...script, functions }
}

/** Of what V8 wrote into `raw`, the scripts of the package, by their address: the counts of each process and thread. */
function scriptsOf(raw, name) {
  const own = pathToFileURL(join(ROOT, 'packages', name, 'dist/')).href
  const scripts = new Map()
  for (const file of readdirSync(raw)) {
    let counts
    try {
      counts = JSON.parse(readFileSync(join(raw, file), 'utf8'))
    } catch {
      // Of a process that was killed while it wrote.
      continue
    }
    for (const script of counts.result) {
      // One with a query is a changed copy, as tests of every order of steps make them: its offsets are others.
      if (!script.url.startsWith(own) || script.url.includes('?')) continue
      const counted = asOnDisk(script, counts['source-map-cache']?.[script.url])
      if (counted !== undefined) scripts.set(script.url, [...(scripts.get(script.url) ?? []), counted])
    }
  }
  return scripts
}

/** Taken and not, of a kind of thing in one file: `places` to whether it was, in any script that has the file. */
function note(file, what, place, taken) {
  file[what].set(place, taken || (file[what].get(place) ?? false))
}

/** The package's sources: `{ path, branches, lines }`, the last two as maps of where they begin to whether they were taken. */
async function report(raw, name) {
  const cwd = join(ROOT, 'packages', name)
  const files = new Map()
  for (const [url, counts] of scriptsOf(raw, name)) {
    const converter = v8ToIstanbul(fileURLToPath(url))
    await converter.load()
    converter.applyCoverage(mergeScriptCovs(counts).functions)
    for (const [path, { b, branchMap, s, statementMap }] of Object.entries(converter.toIstanbul())) {
      if (!path.startsWith(join(cwd, 'src/'))) continue
      const file = files.get(path) ?? { path: path.slice(cwd.length + 1), branches: new Map(), lines: new Map() }
      files.set(path, file)
      for (const [id, [taken]] of Object.entries(b)) {
        const { start, end } = branchMap[id].loc
        note(file, 'branches', `${start.line}:${start.column}-${end.line}:${end.column}`, taken > 0)
      }
      for (const [id, taken] of Object.entries(s)) note(file, 'lines', `${statementMap[id].start.line}`, taken > 0)
    }
  }
  return [...files.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}

/** What the tests of a package take of it: `{ files, wrong }`. */
async function measure(name, minutes) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-coverage-'))
  // A process of another user writes its counts there as well.
  chmodSync(folder, 0o1777)
  try {
    const wrong = []
    for (const tests of testsOf(name)) {
      const reason = await runTests(tests, folder, minutes)
      if (reason !== undefined) wrong.push(`${tests[0]}: ${reason}`)
    }
    return { files: await report(folder, name), wrong }
  } finally {
    // A process that a test has left to end by itself may still write.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 500 })
  }
}

function percent(files, what) {
  const all = files.flatMap((file) => [...file[what].values()])
  return { of: all.length, percent: all.length === 0 ? 100 : (100 * all.filter(Boolean).length) / all.length }
}

const line = (cells) =>
  `${cells[0].padEnd(22)}${cells
    .slice(1)
    .map((cell) => String(cell).padStart(10))
    .join('')}`

/** Prints a row; whether it is under its limit. */
function print(what, files, limit, since) {
  const [branches, lines] = [percent(files, 'branches'), percent(files, 'lines')]
  // 99.97 is not 100.
  const rounded = (share) => `${(Math.floor(share * 10) / 10).toFixed(1)} %`
  const short = branches.percent < limit
  console.log(
    `${line([what, rounded(branches.percent), branches.of, rounded(lines.percent), lines.of, elapsed(since)])}${short ? `  < ${limit}` : ''}`,
  )
  return short
}

function readArguments() {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { minutes: { type: 'string', default: String(DEFAULT_MINUTES) }, missed: { type: 'boolean' } },
    })
    const unknown = positionals.filter((name) => !(name in PACKAGES))
    if (unknown.length > 0) throw new Error(`no package ${unknown.join(', ')}`)
    const minutes = Number(values.minutes)
    if (!(minutes > 0)) throw new Error(`--minutes is ${values.minutes}`)
    return { names: positionals.length > 0 ? positionals : Object.keys(PACKAGES), minutes, missed: values.missed }
  } catch (error) {
    const allowed = `${Object.keys(PACKAGES).join(', ')}; --missed; --minutes above 0`
    console.error(`[spsc] [coverage] ${error.message.split('. ')[0]}; allowed: ${allowed}`)
    process.exit(2)
  }
}

const { names, minutes, missed } = readArguments()
const notes = []
console.log(line(['package', 'branches', 'of', 'lines', 'of', 'time']))
for (const name of names) {
  const since = performance.now()
  const { files, wrong } = await measure(name, minutes)
  const isCore = ({ path }) => PACKAGES[name].some((part) => path.startsWith(part))
  if (wrong.length > 0) process.exitCode = 1
  notes.push(...wrong)
  for (const [part, chosen, limit] of [
    [', core', isCore, CORE],
    [PACKAGES[name].length > 0 ? ', rest' : '', (file) => !isCore(file), REST],
  ]) {
    const those = files.filter(chosen)
    if (those.length === 0) continue
    const short = print(`${name}${part}`, those, limit, since)
    if (short) process.exitCode = 1
    if (!short && !missed) continue
    for (const { path, branches } of those) {
      const lines = [...branches].filter(([, taken]) => !taken).map(([place]) => place.split(':')[0])
      if (lines.length > 0) notes.push(`packages/${name}/${path}: not taken at line ${[...new Set(lines)].join(', ')}`)
    }
  }
}
if (notes.length > 0) console.log(`\n${notes.join('\n')}`)
