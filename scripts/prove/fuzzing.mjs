import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'

export const title = 'Fuzzing: bad input of every kind'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BATCH = 500
/** Seconds for each target. */
const BRIEF_S = 3
const LONG_S = 60

/** What real runs store, to be damaged. */
function storedLines() {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-prove-'))
  try {
    const options = ['--duration', '0.1', '--warmup', '0', '--name', 'real', '--quiet', '--queue', 'sab,sab-mutex']
    const collectors = ['--collect', 'histogram,ledger,sched']
    const run = [join(ROOT, 'packages/cli/bin/spsc.js'), 'run', ...options, ...collectors]
    spawnSync(process.execPath, run, { cwd: folder })
    return readFileSync(join(folder, 'result_data/real_results.ndjson'), 'utf8').trim().split('\n')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

async function allTargets() {
  const load = (path) => import(new URL(`../../packages/${path}`, import.meta.url).href)
  const [sab, core, native, cli] = await Promise.all(
    ['queue-sab', 'core', 'queue-native', 'cli'].map((name) => load(`${name}/test/fuzz/targets.js`)),
  )
  const lines = storedLines()
  cli.inFolder()
  return [
    ...[...sab.default, ...core.default, ...native.default].map((target) => ({ ...target, batch: BATCH })),
    ...[...cli.default, cli.storedResults(lines)].map((target) => ({ ...target, batch: 20 })),
    { ...cli.reportCommand(lines.slice(0, 1)), batch: 2 },
  ]
}

/** Draws inputs, batch after batch, until the time is over: the seed of a batch that fails is in its report. */
async function fuzz({ input, run, batch }, forMs) {
  const property = fc.asyncProperty(input, async (given) => void (await run(given)))
  const sync = fc.property(input, (given) => void run(given))
  const isSync = run.constructor.name !== 'AsyncFunction'
  let executions = 0
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    const result = await fc.check(isSync ? sync : property, { numRuns: batch })
    executions += result.numRuns
    if (result.failed) return { executions, detail: fc.defaultReportMessage(result) }
  }
  return { executions }
}

export async function* rows({ long = false } = {}) {
  const { stackTraceLimit } = Error
  // A stack costs more than the call that throws, and fast-check's report has the input.
  Error.stackTraceLimit = 0
  try {
    let total = 0
    for (const target of await allTargets()) {
      const { executions, detail } = await fuzz(target, (long ? LONG_S : BRIEF_S) * 1000)
      total += executions
      yield { what: target.name, runs: executions, extent: 'random', ok: detail === undefined, detail }
    }
    yield { what: 'in all', runs: total, extent: 'random', ok: true, ms: 0 }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
