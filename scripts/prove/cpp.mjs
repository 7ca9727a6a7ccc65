import { spawnSync } from 'node:child_process'
import { rowsOfProgram } from '../cpp-program.mjs'

export const title = 'C++ rings: every interleaving, with store buffers'

export async function* rows({ long = false } = {}) {
  yield* rowsOfProgram('explore', ['-O2'], async function* (program) {
    // A share above 1: the smallest case of each ring.
    const { status, stdout, stderr } = spawnSync(program, [long ? '1' : '2'], { encoding: 'utf8' })
    for (const [, what, cases, states] of stdout.matchAll(/^# (.*): (\d+) cases, (\d+) states, complete$/gm)) {
      yield { what: `${what}, ${cases} cases`, runs: Number(states), extent: 'complete', ok: true, ms: 0 }
    }
    const found = [...stdout.matchAll(/^ok - .* (is|are) found$/gm)].length
    yield {
      what: 'faults put into the machine and found',
      runs: `${found} / 7`,
      extent: 'complete',
      ok: status === 0 && found === 7,
      detail: status === 0 ? undefined : stdout.slice(-2000) + stderr,
    }
  })
}
