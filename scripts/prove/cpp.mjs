import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const title = 'C++ rings: every interleaving, with store buffers'

const here = fileURLToPath(new URL('../../packages/queue-native/', import.meta.url))
const CXX = process.env.CXX ?? 'g++'

export async function* rows({ long = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-prove-'))
  try {
    const program = join(folder, 'explore')
    const args = ['-std=c++20', '-O2', `-I${here}include`, `${here}test/cpp/explore.cpp`, '-o', program]
    const compiled = spawnSync(CXX, args, { encoding: 'utf8' })
    if (compiled.error !== undefined) {
      yield { what: 'rings', runs: 0, extent: '', ok: undefined, detail: `no ${CXX} here` }
      return
    }
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
      detail: status === 0 ? undefined : compiled.stderr + stdout.slice(-2000) + stderr,
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
