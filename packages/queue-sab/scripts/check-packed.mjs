// Packs @spsc/queue-sab, installs the tarball into an empty folder, without network, and uses it there as a stranger
// would: from JavaScript, from TypeScript under two ways of resolving modules, and bundled by Vite. Each use is run. Vite
// is fetched for it, and where that can't be done the check is skipped and says why.
//   node check-packed.mjs    exits 1 when a check fails
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const VITE = 'vite@8'
const COMMAND_MS = 60_000
const FETCH_MS = 120_000

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const typescript = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
const tsc = join(typescript, 'bin/tsc')
const typeRoots = [join(typescript, '../@types')]

/** Runs a command to its end, at most `timeout` milliseconds; gives what it printed to stdout. */
async function run(cwd, command, args, timeout = COMMAND_MS) {
  const shell = process.platform === 'win32' && command === 'npm'
  const env = { ...process.env, NODE_OPTIONS: '' }
  // nx sets FORCE_COLOR for its tasks, which would colour what is read here.
  delete env.FORCE_COLOR
  try {
    return (await promisify(execFile)(command, args, { cwd, timeout, env, shell, killSignal: 'SIGKILL' })).stdout
  } catch (error) {
    if (error.killed) throw new Error(`\`${command} ${args.join(' ')}\` took more than ${timeout / 1000} s`)
    throw new Error(`${error.stdout ?? ''}${error.stderr ?? ''}`.trim() || error.message)
  }
}

const node = (cwd, file) => run(cwd, process.execPath, [file])
const install = (cwd, what, ...options) =>
  run(cwd, 'npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...options, what], FETCH_MS)

function write(folder, files) {
  mkdirSync(folder, { recursive: true })
  for (const [name, content] of Object.entries(files)) {
    writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content))
  }
}

/** @throws unless `output` is that of the programs below */
function checkOutput(output) {
  if (output.trim() !== '42 0.5 SPSC') throw new Error(`printed ${JSON.stringify(output)}; allowed: 42 0.5 SPSC`)
}

const THREADS = `
import { isMainThread, Worker, workerData } from 'node:worker_threads'
import { attachQueue, createDuplex, createQueue, record } from '@spsc/queue-sab'
import { nodeReadable } from '@spsc/queue-sab/node'

const quote = record({ price: 'f64', symbol: 'ascii8' })
if (isMainThread) {
  const queue = createQueue({ capacity: 16, type: quote })
  queue.watch('producer', new Worker(new URL(import.meta.url), { workerData: queue.handle }))
  createDuplex({ capacity: 1 }).close()
  for await (const { price, symbol } of nodeReadable(queue.consumer())) console.log(42, price, symbol)
} else {
  const producer = attachQueue(workerData, { type: quote }).producer()
  producer.push({ price: 0.5, symbol: 'SPSC' })
  producer.close()
}
`

const TYPED = `
import sab, { attachQueue, createQueue, json, type QueueError, record, type RingProducer } from '@spsc/queue-sab'
import { nodeWritable } from '@spsc/queue-sab/node'

const numbers = createQueue({ capacity: 64, type: 'i32' })
const producer: RingProducer<'i32'> = numbers.producer()
producer.tryPush(42)
const number: number | undefined = attachQueue<'i32'>(numbers.handle).consumer().tryPop()

const quotes = createQueue({ capacity: 16, type: record({ price: 'f64', symbol: 'ascii8' }) })
quotes.producer().push({ price: 0.5, symbol: 'SPSC' })
const { price, symbol } = quotes.consumer().tryPop() ?? {}
const fields: [number | undefined, string | undefined] = [price, symbol]

export const codeOf = (error: QueueError): string => error.code
// @ts-expect-error a string is no number
export const wrongItem = () => producer.tryPush('42')
// @ts-expect-error a record has the fields that were named
export const wrongField = () => quotes.consumer().tryPop()?.size

nodeWritable(createQueue({ capacity: 4096, type: json<{ ms: number }>(), onFull: 'drop-newest' }).producer()).end()
if (sab.name !== 'sab') throw new Error('the default export is the backend')
console.log(number, ...fields)
`

const BUNDLED = `
import { bytes, createQueue, json, record } from '@spsc/queue-sab'

const [numbers, quotes] = [createQueue({ capacity: 64 }), createQueue({ capacity: 16, type: record({ price: 'f64' }) })]
const texts = createQueue({ capacity: 4096, type: json() })
createQueue({ capacity: 4, type: bytes(8) })
numbers.producer().push(42)
quotes.producer().push({ price: 0.5 })
texts.producer().push(['SPSC'])
console.log(numbers.consumer().tryPop(), quotes.consumer().tryPop().price, texts.consumer().tryPop()[0])
`

/** One way of using the package each: throws where it fails, gives a reason where it is skipped. */
const checks = {
  async 'JavaScript, two threads'(folder) {
    write(folder, { 'main.js': THREADS })
    checkOutput(await node(folder, 'main.js'))
  },

  async 'require from CommonJS'(folder) {
    write(folder, {
      'main.cjs': "console.log(require('@spsc/queue-sab').createQueue({ capacity: 42 }).capacity, 0.5, 'SPSC')",
    })
    checkOutput(await node(folder, 'main.cjs'))
  },

  'TypeScript, module NodeNext': (folder) => typescriptRuns(folder, { module: 'nodenext' }),

  'TypeScript, moduleResolution Bundler': (folder) =>
    typescriptRuns(folder, { module: 'esnext', moduleResolution: 'bundler' }),

  async 'Vite build'(folder) {
    write(folder, {
      'main.js': BUNDLED,
      'vite.config.js': `export default { build: { lib: { entry: 'main.js', formats: ['es'], fileName: 'bundle' } } }`,
      'package.json': { name: 'bundled', private: true, type: 'module' },
    })
    try {
      await install(folder, VITE, '--fetch-retries=1')
    } catch (error) {
      const [line] = error.message.match(/(?<=reason: ).*|(?<=^npm error )(?!code).*/m) ?? error.message.split('\n')
      return `${VITE} can't be installed: ${line}`
    }
    await run(folder, process.execPath, ['node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn'])
    checkOutput(await node(folder, 'dist/bundle.js'))
    return undefined
  },
}

/** The package's own declarations are checked too: no skipLibCheck. */
async function typescriptRuns(folder, options) {
  const target = { target: 'es2022', lib: ['es2022', 'es2024.sharedmemory', 'dom'], outDir: 'out', rootDir: '.' }
  const compilerOptions = { ...options, ...target, strict: true, typeRoots, types: ['node'], skipLibCheck: false }
  write(folder, { 'main.ts': TYPED, 'tsconfig.json': { compilerOptions, files: ['main.ts'] } })
  await run(folder, process.execPath, [tsc, '-p', '.'])
  checkOutput(await node(folder, 'out/main.js'))
}

const temporary = mkdtempSync(join(tmpdir(), 'spsc-packed-'))
try {
  const packed = JSON.parse(
    await run(root, 'npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', temporary]),
  )
  write(temporary, { 'package.json': { name: 'stranger', private: true, type: 'module' } })
  await install(temporary, join(temporary, packed[0].filename), '--offline')
  console.log(
    `${packed[0].filename}: ${packed[0].files.length} files, ${packed[0].size} bytes, installed without network`,
  )
  for (const [number, [name, check]] of Object.entries(checks).entries()) {
    const begin = performance.now()
    const outcome = await check(join(temporary, `${number}`)).then(
      (skipped) => (skipped ? `skipped: ${skipped}` : 'passed'),
      (error) => {
        process.exitCode = 1
        return `failed: ${error.message}`
      },
    )
    console.log(`${name}: ${outcome} (${((performance.now() - begin) / 1000).toFixed(1)} s)`)
  }
} finally {
  rmSync(temporary, { recursive: true, force: true, maxRetries: 3 })
}
if (process.exitCode) console.error('[spsc] [packed] a use of the tarball failed; its output is above')
