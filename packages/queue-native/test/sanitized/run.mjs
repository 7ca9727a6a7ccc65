// The addon inside node under ThreadSanitizer, and under AddressSanitizer with UndefinedBehaviorSanitizer:
//
//   dist/*.js + instrumented addon  -->  a temporary dist  -->  node exercise.mjs, the sanitizer preloaded
//
// and once more with items published by a relaxed store, which ThreadSanitizer has to tell. node itself is not
// instrumented: the sanitizer sees its locks but not its atomics, so of what it reports only that counts which has a
// frame of the addon in it. Nothing else is left out, no file of suppressions.
import { spawn, spawnSync } from 'node:child_process'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const root = join(here, '../..')
const compiler = process.env.CXX ?? 'g++'
const addonName = `spsc-${process.platform}-${process.arch}.node`
const patienceMs = 300_000

const exercise = ['pipeline', 'certificate', 'ends', 'faults', 'bridge']
const builds = [
  {
    name: 'thread',
    flags: '-O1 -g -fsanitize=thread',
    // Preloaded, as it must be there before node's first thread.
    runtime: ['libtsan.so'],
    options: (log) => ({ TSAN_OPTIONS: `log_path=${log} exitcode=0 history_size=7` }),
    parts: [...exercise, 'cycles=100'],
  },
  {
    name: 'address,undefined',
    flags: '-O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined',
    // node carries its own C++ library and hides it: AddressSanitizer finds no __cxa_throw unless one is loaded first.
    runtime: ['libasan.so', 'libstdc++.so'],
    // Leaks are told by the cycles: node leaves much unfreed at its exit. A small quarantine, else freed memory counts.
    options: (log) => ({
      ASAN_OPTIONS: `log_path=${log} detect_leaks=0 quarantine_size_mb=4`,
      UBSAN_OPTIONS: `log_path=${log} print_stacktrace=1`,
    }),
    parts: [...exercise, 'cycles=1000'],
  },
]

let passed = 0
let failed = 0

function report(isGood, sentence, details = '') {
  if (isGood) passed++
  else failed++
  console.log(`${isGood ? 'ok' : 'not ok'} - ${sentence}`)
  if (!isGood && details !== '') console.log(details.trimEnd().replace(/^/gm, '  '))
}

/** Runs to the end: `{ status, output }`, with the signal's name as status where one ended it. */
function run(args, environment, onLine = () => {}) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { env: { ...process.env, ...environment } })
    const late = setTimeout(() => child.kill('SIGKILL'), patienceMs)
    let output = ''
    let line = ''
    const take = (text) => {
      output += text
      const lines = (line + text).split('\n')
      line = lines.pop()
      lines.forEach(onLine)
    }
    child.stdout.setEncoding('utf8').on('data', take)
    child.stderr.setEncoding('utf8').on('data', (text) => (output += text))
    child.on('close', (status, signal) => {
      clearTimeout(late)
      resolve({ status: status ?? signal, output })
    })
  })
}

/** The library of the compiler, or its mere name where there is none. */
function library(name) {
  return spawnSync(compiler, [`-print-file-name=${name}`], { encoding: 'utf8' }).stdout.trim()
}

/** A copy of dist with an addon compiled with `flags`. */
async function makeDist(folder, flags) {
  const dist = join(folder, 'dist')
  mkdirSync(dist, { recursive: true })
  for (const file of readdirSync(join(root, 'dist')).filter((name) => name.endsWith('.js'))) {
    cpSync(join(root, 'dist', file), join(dist, file))
  }
  symlinkSync(join(root, '../../node_modules'), join(folder, 'node_modules'))
  const target = join(dist, addonName)
  const { status, output } = await run([join(root, 'scripts/build-addon.mjs')], {
    CXX: compiler,
    CXXFLAGS: flags,
    SPSC_ADDON_OUT: target,
  })
  if (status !== 0 || !existsSync(target)) throw new Error(`the addon does not compile with ${flags}:\n${output}`)
  return pathToFileURL(join(dist, 'index.js')).href
}

/** What the sanitizers wrote, one report each; `ours` has a frame of the addon. */
function readReports(folder) {
  const texts = readdirSync(folder)
    .filter((name) => name.startsWith('report.'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
  const reports = texts
    .flatMap((text) => text.split(/^=+$/m))
    .filter((text) => /(WARNING|ERROR): \w+Sanitizer|runtime error:/.test(text))
  return { ours: reports.filter((text) => text.includes(addonName)), all: reports.length }
}

/** Exercises an addon compiled with `flags`; `onLine` gets what is printed meanwhile. */
async function watch(build, folder, flags, parts, onLine) {
  const module = await makeDist(folder, flags)
  const environment = { LD_PRELOAD: build.runtime.map(library).join(' '), ...build.options(join(folder, 'report')) }
  const { status, output } = await run(
    ['--expose-gc', join(here, 'exercise.mjs'), module, ...parts],
    environment,
    onLine,
  )
  return { status, output, ...readReports(folder) }
}

async function runBuild(build, folder) {
  const forward = (line) => {
    const [, failure, sentence] = /^(not )?ok - (.*)$/.exec(line) ?? []
    if (sentence !== undefined) report(failure === undefined, `${build.name}: ${sentence}`)
  }
  const failedBefore = failed
  const { status, output, ours, all } = await watch(build, folder, build.flags, build.parts, forward)
  const expected = failed > failedBefore ? 1 : 0
  report(status === expected, `${build.name}: node ends by itself`, `ended with ${status}\n${output}`)
  const others = all > ours.length ? `; ${all - ours.length} of node's own` : ''
  report(ours.length === 0, `${build.name}: ${ours.length} reports about the addon${others}`, ours.join('\n'))
}

/** Were the sanitizer silent here, its silence about the real addon would mean nothing. */
async function runRelaxed(build, folder) {
  const include = join(folder, 'include')
  cpSync(join(root, 'include'), include, { recursive: true })
  const file = join(include, 'spsc/atomics.hpp')
  const right = readFileSync(file, 'utf8')
  const wrong = right.replace(/(memory_order publish = std::memory_order_)release;/, '$1relaxed;')
  if (wrong === right) throw new Error(`no publish with memory_order_release to relax in ${file}`)
  writeFileSync(file, wrong)
  const { output, ours } = await watch(build, folder, `${build.flags} -I${include}`, ['order'])
  const isCaught = ours.some((text) => text.includes('data race'))
  report(isCaught, `${build.name}: a publish relaxed on purpose is told, in ${ours.length} reports`, output)
}

/** Why there is nothing to run here, if so. */
function missing() {
  if (process.platform !== 'linux') return `the addon is for Linux, this is ${process.platform}`
  if (spawnSync(compiler, ['--version']).status !== 0) return `${compiler} is not installed`
  const absent = builds.flatMap(({ runtime }) => runtime).filter((name) => !isAbsolute(library(name)))
  return absent.length > 0 ? `${compiler} has no ${absent.join(', ')}` : undefined
}

const reason = missing()
if (reason !== undefined) {
  console.log(`# skipped: ${reason}`)
} else if (!existsSync(join(root, 'dist/index.js'))) {
  report(false, 'the package is built', 'dist is missing: npm run build')
} else {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-sanitized-'))
  const folderOf = (name) => join(folder, name.replace(',', '-'))
  try {
    for (const build of builds) await runBuild(build, folderOf(build.name))
    await runRelaxed(builds[0], folderOf('relaxed'))
  } catch (error) {
    report(false, 'the addon is exercised', error.message)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
