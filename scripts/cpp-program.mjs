// Programs that are made of one C++ file of queue-native's tests and of the headers that ship.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hostCompiler } from '../packages/queue-native/scripts/toolchain.mjs'

const here = fileURLToPath(new URL('../packages/queue-native/', import.meta.url))

/**
 * Compiles `test/cpp/NAME.cpp` and gives the program to `use`, an async generator, whose rows are passed on. Where there
 * is no compiler, the one row says so.
 */
export async function* rowsOfProgram(name, flags, use) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-prove-'))
  try {
    const program = join(folder, name)
    const args = ['-std=c++20', '-pthread', ...flags, `-I${here}include`, `${here}test/cpp/${name}.cpp`, '-o', program]
    const { error, status, stderr } = spawnSync(hostCompiler, args, { encoding: 'utf8' })
    if (error !== undefined) {
      yield { what: name, runs: 0, extent: '', ok: undefined, detail: `no ${hostCompiler} here` }
    } else if (status !== 0) {
      yield { what: name, runs: 0, extent: '', ok: false, detail: stderr }
    } else yield* use(program)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
