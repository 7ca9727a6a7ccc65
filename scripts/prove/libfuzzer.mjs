import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const title = 'libFuzzer: memory of the C++ rings in which anything may stand'

const here = fileURLToPath(new URL('../../packages/queue-native/', import.meta.url))
const CLANG = process.env.CLANGXX ?? 'clang++'
const CURE = 'scripts/install-libfuzzer.sh, as root, installs it on Debian'
const SECONDS = { brief: 5, long: 300 }

const FLAGS = ['-std=c++20', '-O1', '-g', '-pthread', '-fsanitize=fuzzer,address,undefined']

export async function* rows({ long = false } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-prove-'))
  const missing = (detail, ok) => ({ what: 'headers', runs: 0, extent: '', ok, detail })
  try {
    const program = join(folder, 'fuzz')
    const args = [...FLAGS, '-fno-sanitize-recover=all', `-I${here}include`, `${here}test/cpp/fuzz.cpp`, '-o', program]
    const { error, status, stderr } = spawnSync(CLANG, args, { encoding: 'utf8' })
    if (error !== undefined) return yield missing(`no ${CLANG} here; ${CURE}`, undefined)
    if (/libclang_rt|-lclang_rt/.test(stderr))
      return yield missing(`this ${CLANG} has no libFuzzer; ${CURE}`, undefined)
    if (status !== 0) return yield missing(stderr, false)
    const seconds = long ? SECONDS.long : SECONDS.brief
    const child = spawn(program, [`-max_total_time=${seconds}`, '-max_len=256', '-print_final_stats=1'], {
      cwd: folder,
    })
    let said = ''
    child.stderr.on('data', (text) => (said = (said + text).slice(-20_000)))
    const ended = await new Promise((resolve) => child.on('close', (code, signal) => resolve(code ?? signal)))
    const runs = Number(/number_of_executed_units: (\d+)/.exec(said)?.[1] ?? 0)
    const covered = [...said.matchAll(/ cov: (\d+)/g)].at(-1)?.[1]
    yield {
      what: `any bytes, then calls of both ends; ${covered} edges reached`,
      runs,
      extent: 'guided',
      ok: ended === 0 && runs > 0,
      detail: ended === 0 ? undefined : said.slice(-3000),
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
