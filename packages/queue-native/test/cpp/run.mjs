// Compiles and runs the tests of the headers:
//
//   node run.mjs                here
//   node run.mjs --quick        with a fiftieth of the items
//   node run.mjs --san          once more under ThreadSanitizer, and under AddressSanitizer with
//                               UndefinedBehaviorSanitizer
//   node run.mjs --arch arm64   cross-compiled and under an emulator, which keeps the store order of the machine it runs
//                               on: proves that the code runs there, and nothing about its orderings
//
// Exit code 0 where the tools are missing, with the reason.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { crossTarget, hostCompiler, isThere, whyNotEmulated } from '../../scripts/toolchain.mjs'

const here = fileURLToPath(new URL('.', import.meta.url))
const include = join(here, '../../include')
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Werror']
/** What refuse_membarrier ends with where it can't refuse. */
const unable = 77
const tests = ['fifo', 'batches', 'all_or_none', 'items', 'memory', 'closing', 'waking', 'stress', 'sab_ring']

/** `share`: tests do one in so many of their items, as sanitizers are slow. */
const plain = { name: 'plain', flags: ['-O2'], share: 1 }
const sanitized = [
  { name: 'thread', flags: ['-O1', '-g', '-fsanitize=thread'], share: 20 },
  {
    name: 'address,undefined',
    flags: ['-O1', '-g', '-fsanitize=address,undefined,float-cast-overflow', '-fno-sanitize-recover'],
    share: 10,
  },
]

/** Runs to the end: `{ status, output }`, with a status that is not 0 where a signal ended it. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args)
    let output = ''
    child.stdout.on('data', (text) => (output += text))
    child.stderr.on('data', (text) => (output += text))
    child.on('error', (error) => resolve({ status: 1, output: error.message }))
    child.on('close', (status, signal) => resolve({ status: status ?? signal, output }))
  })
}

async function compile(test, build, folder) {
  const program = join(folder, `${test}-${build.name.replace(',', '-')}`)
  if (existsSync(program)) return program
  const args = ['-std=c++20', '-pthread', ...build.flags, ...warnings, `-I${include}`, join(here, `${test}.cpp`)]
  const { status, output } = await run(build.compiler ?? hostCompiler, [...args, '-o', program])
  if (status !== 0) throw new Error(`${test}.cpp does not compile (${build.name}):\n${output}`)
  return program
}

let failures = 0

function report(good, sentence, output) {
  if (!good) failures++
  console.log(`${good ? 'ok' : 'not ok'} - ${sentence}`)
  if (!good) console.log(output.replace(/^/gm, '  '))
}

async function runTest(test, build, folder, { through = [], args = [], circumstance = '' } = {}) {
  const program = await compile(test, build, folder)
  const [command, ...rest] = [...through, ...(build.emulator ?? []), program, String(build.share), ...args]
  const { status, output } = await run(command, rest)
  const name = `${test} (${build.name}${circumstance})`
  if (through.length > 0 && status === unable) return console.log(`# skipped: ${name}: ${output.trim()}`)
  for (const line of output.matchAll(/^ok - (.*)$/gm)) console.log(`ok - ${name}: ${line[1]}`)
  report(status === 0, `${name}${status === 0 ? '' : `: ended with ${status}`}`, output)
}

/** The kernel refuses membarrier: the rings have to find out, and to sleep without. */
async function runRefused(build, folder) {
  const refuse = await compile('refuse_membarrier', plain, folder)
  await runTest('waking', build, folder, { through: [refuse], args: ['refused'], circumstance: ', no membarrier' })
}

/** The sanitizer has to find what is wrong on purpose. */
async function runRelaxed(build, folder) {
  const program = await compile('relaxed', build, folder)
  for (const ring of ['line', 'index']) {
    const { status, output } = await run(program, [ring])
    const caught = status !== 0 && output.includes('WARNING: ThreadSanitizer: data race')
    report(caught, `ThreadSanitizer tells a relaxed publish, ${ring} ring`, output)
  }
}

function fail(message) {
  console.error(`[spsc] [native] ${message}`)
  process.exit(2)
}

function readArguments() {
  try {
    const options = { san: { type: 'boolean' }, quick: { type: 'boolean' }, arch: { type: 'string' } }
    return parseArgs({ options }).values
  } catch (error) {
    return fail(`${error.message.split('. ')[0]}; allowed: --quick, --san, --arch arm64`)
  }
}

/** Why there is nothing to run here, if so. */
function missing(arch) {
  if (process.platform !== 'linux') return `no Linux but ${process.platform} here; the headers need Linux`
  if (!isThere(hostCompiler)) return `no ${hostCompiler} here; the headers need a C++20 compiler`
  return arch === undefined ? undefined : whyNotEmulated()
}

const { san, quick, arch } = readArguments()
if (arch !== undefined && arch !== 'arm64') fail(`--arch is ${arch}; allowed: arm64`)
if (arch !== undefined && san) fail('--arch and --san exclude each other; run one after the other')
const reason = missing(arch)
if (reason !== undefined) {
  console.log(`# skipped: ${reason}`)
  process.exit(0)
}
if (quick) plain.share = 50
// Static, so that the emulator needs no libraries of that machine.
const emulated = arch && {
  ...plain,
  name: arch,
  flags: [...plain.flags, '-static'],
  compiler: crossTarget.compiler,
  emulator: [crossTarget.emulators.find(isThere)],
}

const folder = mkdtempSync(join(tmpdir(), 'spsc-cpp-'))
try {
  for (const test of tests) await runTest(test, emulated ?? plain, folder)
  await runRefused(emulated ?? plain, folder)
  // Its fibers change stacks by hand, which sanitizers and emulators need not see.
  if (emulated === undefined) await runTest('explore', plain, folder)
  if (san) {
    for (const build of sanitized) for (const test of tests) await runTest(test, build, folder)
    await runRelaxed(sanitized[0], folder)
  }
} catch (error) {
  report(false, 'tests compile', error.message)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
console.log(failures === 0 ? '# all went well' : `# ${failures} failed`)
process.exitCode = failures === 0 ? 0 : 1
