import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'

export const title = 'Fuzzing: bad input of every kind'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BATCH = 500
/** Seconds for each target; with `--long` only for those that write files or draw pages. */
const BRIEF_S = 3
const LONG_S = 60
/** Executions with `--long` of all targets that do neither: each gets the same time, so the quick ones get most. */
const LONG_EXECUTIONS = 10_000_000
/** Seconds by which their rates are found. */
const TRIAL_S = 1

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
  return {
    quick: [...sab.default, ...core.default, ...native.default].map((target) => ({ ...target, batch: BATCH })),
    slow: [
      ...[...cli.default, cli.storedResults(lines)].map((target) => ({ ...target, batch: 20 })),
      { ...cli.reportCommand(lines.slice(0, 1)), batch: 2 },
    ],
  }
}

/**
 * Draws inputs, batch after batch, until the time is over or there were enough: the seed of a batch that fails is in its
 * report.
 */
async function fuzz({ input, run, batch }, { forMs = Number.POSITIVE_INFINITY, most = Number.POSITIVE_INFINITY }) {
  const property = fc.asyncProperty(input, async (given) => void (await run(given)))
  const sync = fc.property(input, (given) => void run(given))
  const isSync = run.constructor.name !== 'AsyncFunction'
  let executions = 0
  for (const end = performance.now() + forMs; executions < most && performance.now() < end; ) {
    const result = await fc.check(isSync ? sync : property, { numRuns: batch })
    executions += result.numRuns
    if (result.failed) return { executions, detail: fc.defaultReportMessage(result) }
  }
  return { executions }
}

const rowOf = ({ name }, { executions, detail }) => ({
  what: name,
  runs: executions,
  extent: 'random',
  ok: detail === undefined,
  detail,
})

/** So many executions in all, shared out by how many of each target there are in the same time. */
async function* manyOf(targets, all) {
  const trials = []
  for (const target of targets) trials.push((await fuzz(target, { forMs: TRIAL_S * 1000 })).executions)
  const sum = trials.reduce((total, executions) => total + executions, 0)
  for (const [i, target] of targets.entries()) {
    yield rowOf(target, await fuzz(target, { most: Math.ceil((all * trials[i]) / sum) }))
  }
}

async function* forSeconds(targets, seconds) {
  for (const target of targets) yield rowOf(target, await fuzz(target, { forMs: seconds * 1000 }))
}

async function* allRows(long) {
  const { quick, slow } = await allTargets()
  yield* long ? manyOf(quick, LONG_EXECUTIONS) : forSeconds(quick, BRIEF_S)
  yield* forSeconds(slow, long ? LONG_S : BRIEF_S)
}

export async function* rows({ long = false } = {}) {
  const { stackTraceLimit } = Error
  // A stack costs more than the call that throws, and fast-check's report has the input.
  Error.stackTraceLimit = 0
  try {
    let total = 0
    for await (const row of allRows(long)) {
      total += row.runs
      yield row
    }
    yield { what: 'in all', runs: total, extent: 'random', ok: true, ms: 0 }
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
