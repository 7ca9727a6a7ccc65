import { spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { CASES, FAULTS, titleOf } from '../../packages/queue-sab/test/stress/cases.js'
import { send } from '../../packages/queue-sab/test/stress/run.js'
import { rowsOfProgram } from '../cpp-program.mjs'

export const title = 'Stress: two threads, each item compared with the one in line, and a sum'

/** Items in all, and of `sab` in each case at least. */
const SAB = { brief: 1_000_000, long: 1_600_000_000, least: 1_000 }
const NATIVE = { brief: 2_000_000, long: 10_000_000_000 }
const SANITIZED = { long: 100_000_000 }

/** Passes rows on, and adds one that sums them up. */
async function* summedUp(what, rows) {
  const begin = performance.now()
  let total = 0
  let ok = true
  for await (const row of rows) {
    if (row.extent === 'items') total += row.runs
    ok = row.ok === undefined ? undefined : ok && row.ok
    yield row
  }
  if (ok !== undefined) yield { what, runs: total, extent: 'items', ok, ms: performance.now() - begin }
}

/** A run of minutes may be held up by whoever needs the machine. */
const PATIENCE_MS = { brief: 60_000, long: 600_000 }

/** Whether the comparisons notice: each fault is put into a stream, and `wrongWith` tells whether it was found. */
async function faultsRow(name, wrongWith) {
  const faults = Object.keys(FAULTS)
  const missed = []
  for (const fault of faults) if (!(await wrongWith(fault))) missed.push(fault)
  return {
    what: `${name}: items ${faults.join(', ')} on purpose, and found`,
    runs: `${faults.length - missed.length} / ${faults.length}`,
    extent: 'found',
    ok: missed.length === 0,
    detail: missed.length > 0 ? `not found: ${missed.join(', ')}` : undefined,
  }
}

/** How the consumers say so. */
const OUT_OF_LINE = /is not the one in line|item == value\(number_\)/

async function* sabRows(all, patienceMs) {
  const parts = CASES.reduce((sum, stream) => sum + stream.parts, 0)
  for (const stream of CASES) {
    const count = Math.max(SAB.least, Math.ceil((all * stream.parts) / parts))
    const { arrived, wrong } = await send(stream, count, patienceMs)
    yield { what: `sab: ${titleOf(stream)}`, runs: arrived, extent: 'items', ok: wrong === undefined, detail: wrong }
  }
  yield await faultsRow('sab', async (fault) =>
    OUT_OF_LINE.test((await send({ ...CASES[0], fault }, SAB.least, patienceMs)).wrong),
  )
}

/** A row as each case of stress.cpp is done, which ends at the first item that is wrong. */
async function* nativeRows(name, all, flags) {
  yield* rowsOfProgram('stress', flags, async function* (program) {
    const child = spawn(program, ['rings', String(all)], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stderr.on('data', (text) => (said += text))
    const over = new Promise((resolve) => child.on('close', (status, signal) => resolve(status ?? signal)))
    for await (const line of createInterface({ input: child.stdout })) {
      said += `${line}\n`
      const [, what, items, seconds] = line.match(/^# (.*): (\d+) items, (.*) s$/) ?? []
      if (what === undefined) continue
      yield { what: `${name}: ${what}`, runs: Number(items), extent: 'items', ok: true, ms: 1000 * seconds }
    }
    const status = await over
    if (status === 0) {
      yield await faultsRow(name, (fault) => OUT_OF_LINE.test(spawnSync(program, [fault], { encoding: 'utf8' }).stdout))
      return
    }
    // SIGALRM: nothing went on for ten minutes.
    yield { what: name, runs: 0, extent: '', ok: false, ms: 0, detail: `ended with ${status}\n${said.slice(-3000)}` }
  })
}

export async function* rows({ long = false } = {}) {
  const extent = long ? 'long' : 'brief'
  yield* summedUp('sab: in all', sabRows(SAB[extent], PATIENCE_MS[extent]))
  yield* summedUp('native: in all', nativeRows('native', NATIVE[extent], ['-O2']))
  if (!long) return
  const flags = ['-O2', '-g', '-fsanitize=thread']
  yield* summedUp('ThreadSanitizer: in all', nativeRows('ThreadSanitizer', SANITIZED.long, flags))
}
