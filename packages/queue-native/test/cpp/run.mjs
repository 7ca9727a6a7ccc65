// Compiles and runs the tests of the headers: `node run.mjs` (--quick: with a fiftieth of the items), and with --san once more under ThreadSanitizer and under
// AddressSanitizer with UndefinedBehaviorSanitizer. Exit code 0 where there is no g++, with the reason.
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('.', import.meta.url))
const include = join(here, '../../include')
const compiler = process.env.CXX ?? 'g++'
const warnings = ['-Wall', '-Wextra', '-Wpedantic', '-Wshadow', '-Wconversion', '-Werror']
const tests = ['fifo', 'batches', 'all_or_none', 'items', 'memory', 'closing', 'waking', 'stress']

/** `share`: tests do one in so many of their items, as sanitizers are slow. */
const plain = { name: 'plain', flags: ['-O2'], share: process.argv.includes('--quick') ? 50 : 1 }
const sanitized = [
  { name: 'thread', flags: ['-O1', '-g', '-fsanitize=thread'], share: 20 },
  {
    name: 'address,undefined',
    flags: ['-O1', '-g', '-fsanitize=address,undefined', '-fno-sanitize-recover'],
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
  const args = ['-std=c++20', '-pthread', ...build.flags, ...warnings, `-I${include}`, join(here, `${test}.cpp`)]
  const { status, output } = await run(compiler, [...args, '-o', program])
  if (status !== 0) throw new Error(`${test}.cpp does not compile (${build.name}):\n${output}`)
  return program
}

let failures = 0

function report(good, sentence, output) {
  if (!good) failures++
  console.log(`${good ? 'ok' : 'not ok'} - ${sentence}`)
  if (!good) console.log(output.replace(/^/gm, '  '))
}

async function runTest(test, build, folder) {
  const program = await compile(test, build, folder)
  const { status, output } = await run(program, [String(build.share)])
  for (const line of output.matchAll(/^ok - (.*)$/gm)) console.log(`ok - ${test} (${build.name}): ${line[1]}`)
  report(status === 0, `${test} (${build.name})${status === 0 ? '' : `: ended with ${status}`}`, output)
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

const arguments_ = process.argv.slice(2)
const unknown = arguments_.filter((argument) => !['--san', '--quick'].includes(argument))
if (unknown.length > 0) {
  console.error(`[spsc] [native] unknown argument ${unknown.join(' ')}; allowed: --san, --quick`)
  process.exit(2)
}
if (process.platform !== 'linux' || spawnSync(compiler, ['--version']).status !== 0) {
  const reason = process.platform === 'linux' ? `no ${compiler}` : `no Linux but ${process.platform}`
  console.log(`# skipped: ${reason} here; the headers need a C++20 compiler and Linux`)
  process.exit(0)
}

const folder = mkdtempSync(join(tmpdir(), 'spsc-cpp-'))
try {
  for (const test of tests) await runTest(test, plain, folder)
  if (arguments_.includes('--san')) {
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
