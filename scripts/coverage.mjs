// Which branches of each package's sources its own tests take: `npm run coverage`, or `-- queue-sab` for some packages.
// Exits 1 under a limit. Tests run what is in dist; source maps lead back to the sources.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Percent of branches: of the core of each queue, and of the rest of a package. */
const CORE = 100
const REST = 95
const PACKAGES = {
  core: [],
  'queue-sab': ['src/ring/', 'src/mutex/', 'src/memory.ts'],
  'queue-native': ['src/ends.ts', 'src/sab-ring.ts'],
  metrics: [],
  perf: [],
  lab: [],
  report: [],
  cli: [],
}

/** Branches taken and there, of the files whose path `chosen` says. */
function sum(summary, chosen) {
  const files = Object.entries(summary).filter(([path]) => path !== 'total' && chosen(path))
  const [covered, total] = ['covered', 'total'].map((key) =>
    files.reduce((all, [, { branches }]) => all + branches[key], 0),
  )
  return { covered, total, percent: total === 0 ? 100 : (100 * covered) / total }
}

function measure(name) {
  const reports = mkdtempSync(join(tmpdir(), 'spsc-coverage-'))
  try {
    const cwd = join(ROOT, 'packages', name)
    const c8 = ['c8', '--temp-directory', join(reports, 'raw'), '--reports-dir', reports, '--reporter', 'json-summary']
    const files = ['--include', 'src/**', '--include', 'dist/**', '--exclude-after-remap', '--exclude', 'test/**']
    const tests = ['ava', '--config', '../../ava.config.js', '--timeout', '5m']
    const { status, stdout } = spawnSync('npx', [...c8, ...files, ...tests], { cwd, encoding: 'utf8' })
    if (status !== 0) throw new Error(`the tests of ${name} fail:\n${stdout.slice(-3000)}`)
    return JSON.parse(readFileSync(join(reports, 'coverage-summary.json'), 'utf8'))
  } finally {
    rmSync(reports, { recursive: true, force: true })
  }
}

const named = process.argv.slice(2)
const unknown = named.filter((name) => !(name in PACKAGES))
if (unknown.length > 0) {
  console.error(`[spsc] [coverage] no package ${unknown.join(', ')}; allowed: ${Object.keys(PACKAGES).join(', ')}`)
  process.exit(2)
}
for (const name of named.length > 0 ? named : Object.keys(PACKAGES)) {
  const summary = measure(name)
  const isCore = (path) => PACKAGES[name].some((part) => path.includes(`/packages/${name}/${part}`))
  for (const [what, chosen, limit] of [
    ['core', isCore, CORE],
    ['rest', (path) => !isCore(path), REST],
  ]) {
    const { total, percent } = sum(summary, chosen)
    if (total === 0) continue
    const short = percent < limit
    if (short) process.exitCode = 1
    console.log(`${name}, ${what}: ${percent.toFixed(1)} % of ${total} branches${short ? `, under ${limit} %` : ''}`)
    if (!short) continue
    for (const [path, { branches }] of Object.entries(summary)) {
      if (path === 'total' || !chosen(path) || branches.covered === branches.total) continue
      console.log(`  ${path.slice(path.indexOf('/packages/') + 1)}: ${branches.covered} of ${branches.total}`)
    }
  }
}
