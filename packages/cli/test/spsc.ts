import { type ChildProcess, type StdioOptions, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseRecord, type ResultRecord } from '@spsc/core'
import type { ExecutionContext } from 'ava'

export const BIN = fileURLToPath(new URL('../bin/spsc.js', import.meta.url))
export const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** A plug-in under fixtures/: JavaScript, since replicates' processes and threads import it as it is. */
export function fixture(path: string): string {
  return fileURLToPath(new URL(`./fixtures/${path}`, import.meta.url))
}

/** Options that make a run short. */
export const BRIEF = ['--duration', '0.05', '--warmup', '0'] as const

/** No run of a test takes longer; one that does hangs. */
const DEADLINE_MS = 150_000
/** Runs at once, so that those of one file don't starve each other on two cores. */
const MAX_RUNNING = 2

/** An empty folder that is gone after the test. */
export function folder(t: ExecutionContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'spsc-cli-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

/** A folder with some files. */
export function folderWith(t: ExecutionContext, files: Readonly<Record<string, string>>): string {
  const dir = folder(t)
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

/** The environment without what a runner or a shell may have set. */
export function cleanEnv(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !['FORCE_COLOR', 'NO_COLOR', 'NODE_OPTIONS'].includes(name) && !name.startsWith('SPSC_'),
  )
  return { ...Object.fromEntries(kept), ...more }
}

export interface Finished {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
}

export interface Options {
  readonly cwd: string
  readonly env?: NodeJS.ProcessEnv
  readonly stdio?: StdioOptions
  /** In a process group of its own, as a shell starts a command. */
  readonly detached?: boolean
  /** Called as soon as the process runs. */
  readonly onStart?: (child: ChildProcess, said: { stdout: string; stderr: string }) => void
}

let running = 0
const waiting: (() => void)[] = []

async function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  if (running >= MAX_RUNNING) await new Promise<void>((resolve) => waiting.push(resolve))
  running++
  try {
    return await work()
  } finally {
    running--
    waiting.shift()?.()
  }
}

function untilClosed(child: ChildProcess, { onStart = () => {} }: Options): Promise<Finished> {
  const said = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      said[name] += text
    })
  }
  onStart(child, said)
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`still running after ${DEADLINE_MS} ms; it said: ${said.stderr}`))
    }, DEADLINE_MS)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      clearTimeout(deadline)
      resolve({ code, signal, ...said })
    })
  })
}

/** Runs any program as a user would, and gives what it said. */
export function execute(file: string, args: readonly string[], options: Options): Promise<Finished> {
  const { cwd, env = {}, stdio = ['ignore', 'pipe', 'pipe'], detached = false } = options
  return inTurn(() => untilClosed(spawn(file, args, { cwd, env: cleanEnv(env), stdio, detached }), options))
}

/** Runs `spsc`. */
export function spsc(args: readonly string[], options: Options): Promise<Finished> {
  return execute(process.execPath, [BIN, ...args], options)
}

/** `spsc run` that has to end well. */
export async function run(t: ExecutionContext, args: readonly string[], options: Options): Promise<Finished> {
  const brief = args.includes('--duration') ? ['--warmup', '0'] : BRIEF
  const finished = await spsc(['run', ...brief, ...args], options)
  t.is(finished.code, 0, finished.stderr)
  return finished
}

/** Asserts that a command is refused with one line in the form of our errors, and that it made no file. */
export async function refused(
  t: ExecutionContext,
  args: readonly string[],
  message: RegExp,
  { cwd = folder(t), env = {}, code = 2 }: { cwd?: string; env?: NodeJS.ProcessEnv; code?: number } = {},
): Promise<void> {
  const before = readdirSync(cwd)
  const finished = await spsc(args, { cwd, env })
  t.is(finished.code, code, finished.stderr)
  t.is(finished.stdout, '')
  t.regex(finished.stderr, /^\[spsc\] \[[a-z ]+\] [^\n]+\n$/, 'one line that begins with [spsc] [part]')
  t.regex(finished.stderr, message)
  t.deepEqual(readdirSync(cwd), before)
}

/** The records stored by a run, lines that are none left out. */
export function storedRecords(cwd: string, name: string, out = 'result_data'): ResultRecord[] {
  const text = readFileSync(join(cwd, out, `${name}_results.ndjson`), 'utf8')
  return text
    .split('\n')
    .map(parseRecord)
    .filter((record) => record !== undefined)
}

const CHARTS = ['latency', 'throughput', 'drop_rate', 'offered', 'percentiles', 'cdf', 'over_time']

/** Names of what a run of one scenario leaves, sorted. @param more charts that it has beyond those */
export function filesOfRun(name: string, more: readonly string[] = []): string[] {
  const pictures = [...CHARTS, ...more].flatMap((chart) => [`${chart}.png`, `${chart}.svg`])
  const files = ['manifest.json', 'metrics.csv', 'report.html', 'report.md', 'results.ndjson', ...pictures]
  return files.map((file) => `${name}_${file}`).sort()
}

export function filesOf(cwd: string, out = 'result_data'): string[] {
  return readdirSync(join(cwd, out)).sort()
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Waits until something holds. @throws after 40 seconds: this machine may be busy */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 40_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${what}: not within 40 s`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

export async function untilGone(pid: number): Promise<void> {
  await until(`process ${pid} ends`, () => !isAlive(pid))
}
