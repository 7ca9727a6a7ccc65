// Boots a guest for one short scenario, as a user would: what fakes of an emulator can't show. Exit code 5: no guest can
// be had here, and why was said.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const BIN = fileURLToPath(new URL('../../cli/bin/spsc.js', import.meta.url))
const MISSING = 5
const SETUP_LIMIT_MS = 120_000
const GUEST_LIMIT_S = 85

function spsc(args, options) {
  return spawnSync(process.execPath, [BIN, ...args], { stdio: ['ignore', 'inherit', 'inherit'], ...options })
}

function fail(message, code = 1) {
  process.stderr.write(`[spsc] [guest] ${message}\n`)
  process.exitCode = code
}

function check(dir) {
  const queues = ['native', 'sab']
  const run = ['run', 'baseline', '--queue', queues.join(','), '--duration', '0.5', '--warmup', '0.2', '--out', dir]
  const before = performance.now()
  const { status } = spsc([...run, '--in', 'qemu', '--accel', 'tcg', '--guest-timeout', `${GUEST_LIMIT_S}s`])
  if (status !== 0) return fail(`spsc run --in qemu ended with code ${status}; its output is above`)
  const text = readFileSync(join(dir, 'baseline_results.ndjson'), 'utf8')
  const records = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  const isWhole = ({ status, ground, offered, delivered, dropped }) =>
    status === 'ok' && ground.in === 'qemu' && offered > 0 && offered === delivered + dropped
  const measured = records.filter(isWhole).map(({ queue }) => queue)
  if (queues.some((queue) => !measured.includes(queue)))
    return fail(`measured in the guest: ${measured.join() || 'nothing'}`)
  const report = readFileSync(join(dir, 'baseline_report.md'), 'utf8')
  if (!report.includes('Measured on: QEMU smp')) return fail('the report does not say where it was measured')
  const left = readdirSync(tmpdir()).filter((name) => name.startsWith(`spsc-qemu-`))
  process.stderr.write(
    `[spsc] [guest] ${((performance.now() - before) / 1000).toFixed(1)} s; folders of guests: ${left.length}\n`,
  )
}

const dir = mkdtempSync(join(tmpdir(), 'spsc-guest-'))
try {
  const { status } = spsc(['qemu', 'setup'], { timeout: SETUP_LIMIT_MS, killSignal: 'SIGTERM' })
  if (status === 0) check(dir)
  else if (status === MISSING || status === null || status === 143) fail('no guest can be had here, see above', MISSING)
  else fail(`spsc qemu setup ended with code ${status}; its output is above`)
} finally {
  rmSync(dir, { recursive: true, force: true })
}
