// Verifies the Promela models, exhaustively: `node run.mjs [--long] [--only WHAT]`. Needs Debian's spin and a C compiler.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'

const here = fileURLToPath(new URL('.', import.meta.url))
const CC = process.env.CC ?? 'gcc'

const isThere = (command, option) => spawnSync(command, [option]).status === 0

/** Why nothing can be verified here, if so. */
export function whyNot() {
  if (!isThere('spin', '-V')) return 'no spin here; run scripts/install-spin.sh as root'
  return isThere(CC, '--version') ? undefined : `no ${CC} here; install a C compiler`
}

/** Cases of a model, as macros: what is verified, and faults that must be found. */
const RING = {
  'a stream that is not closed': {},
  'a stream that is closed': { CLOSES: 1 },
  'a consumer that closes': { CONSUMER_CLOSES: 1, ITEMS: 3 },
  'both ends close': { CLOSES: 1, CONSUMER_CLOSES: 1 },
  'a producer that dies': { CLOSES: 1, PRODUCER_DIES: 1 },
  'a consumer that dies': { CONSUMER_DIES: 1, CONSUMER_CLOSES: 2, ITEMS: 4 },
  'both may die': { CLOSES: 1, PRODUCER_DIES: 1, CONSUMER_DIES: 1 },
}
const BROKEN = {
  'asks who sleeps before it publishes': { BROKEN_FLAG_FIRST: 1 },
  'close without a wake-up': { CLOSES: 1, BROKEN_CLOSE_SILENT: 1 },
  'sleeps on a word that it has not judged by': { BROKEN_SLEEP_UNJUDGED: 1 },
  'sleeps with items held back': { BROKEN_SLEEP_UNFLUSHED: 1 },
  'a death that wakes nobody': { CLOSES: 1, PRODUCER_DIES: 1, BROKEN_ABANDON_SILENT: 1 },
  'a death in close that wakes nobody': { CLOSES: 1, PRODUCER_DIES: 1, BROKEN_ABANDON_CLOSED: 1 },
  'counts that go round too early': { CLOSES: 1, CAPACITY: 2, MODULUS: 2, ITEMS: 3 },
}
const BELL = {
  'blocking of the C++ rings, by membarrier': {},
  'blocking of the C++ rings, by fences': { FENCED: 1 },
}
const BROKEN_BELL = {
  'no barrier at the sleeper': { BROKEN_NO_HEAVY_FENCE: 1 },
  'no fence at the publisher': { FENCED: 1, BROKEN_NO_FENCE: 1 },
  'a sleeper that does not look again': { BROKEN_NO_SECOND_LOOK: 1 },
}

const sizes = (long) =>
  long
    ? [
        [1, 3],
        [2, 4],
        [3, 5],
      ]
    : [
        [1, 2],
        [2, 3],
      ]

/** Every case: `{ model, what, macros, broken }`. */
export function cases({ long = false } = {}) {
  const ring = Object.entries(RING).flatMap(([what, macros]) =>
    sizes(long).map(([CAPACITY, ITEMS]) => ({
      model: 'ring',
      what: `${what}, capacity ${CAPACITY}, ${Math.max(ITEMS, macros.ITEMS ?? 0)} items`,
      macros: { CAPACITY, ...macros, ITEMS: Math.max(ITEMS, macros.ITEMS ?? 0) },
      broken: false,
    })),
  )
  const listed = (model, entries, broken) =>
    Object.entries(entries).map(([what, macros]) => ({ model, what, macros, broken }))
  return [
    ...ring,
    ...listed('bell', BELL, false),
    ...listed('ring', BROKEN, true),
    ...listed('bell', BROKEN_BELL, true),
  ]
}

function must(command, args, cwd) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 2 ** 26 })
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}: ${error ?? stdout + stderr}`)
  return stdout
}

/** Verifies one case: how many states there are, and what was found, with the trail that leads there. */
export function verify({ model, macros }) {
  const folder = mkdtempSync(join(tmpdir(), 'spsc-spin-'))
  try {
    const defines = Object.entries(macros).map(([name, value]) => `-D${name}=${value}`)
    const file = `${model}.pml`
    copyFileSync(join(here, file), join(folder, file))
    must('spin', [...defines, '-a', file], folder)
    // Safety: assertions, and threads that never end. Breadth does not matter, the whole space is searched.
    must(CC, ['-O1', '-w', '-DSAFETY', '-DNOREDUCE', '-DVECTORSZ=2048', '-DMEMLIM=2000', '-o', 'pan', 'pan.c'], folder)
    const said = must('./pan', ['-m1000000', '-w22'], folder)
    const number = (pattern) => Number(pattern.exec(said)?.[1] ?? Number.NaN)
    const errors = number(/errors: (\d+)/)
    const complete = !/max search depth too small|out of memory/.test(said)
    const trail =
      errors > 0
        ? must('spin', ['-t', '-p', '-g', '-l', ...defines, file], folder)
            .split('\n')
            .slice(-40)
            .join('\n')
        : ''
    return { states: number(/([\d.e+]+) states, stored/), errors, complete, trail }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const reason = whyNot()
  if (reason !== undefined) console.log(`# skipped: ${reason}`)
  else {
    const { long, only = '' } = parseArgs({ options: { long: { type: 'boolean' }, only: { type: 'string' } } }).values
    for (const each of cases({ long }).filter(({ what }) => what.includes(only))) {
      const { states, errors, complete, trail } = verify(each)
      const ok = each.broken ? errors > 0 : errors === 0 && complete
      if (!ok) process.exitCode = 1
      const found = each.broken ? `found broken: ${each.what}` : `${each.what}: ${errors} errors`
      console.log(`${ok ? 'ok' : 'not ok'} - ${each.model}: ${found}, ${states} states`)
      if (!ok) console.log(trail)
    }
  }
}
