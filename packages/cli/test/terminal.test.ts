import { spawnSync } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'
import { BIN, execute, folder } from './spsc.js'

// util-linux's script gives a command a terminal of its own.
const obstacle = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')
  ? undefined
  : 'script of util-linux is not installed'
const onTerminal = obstacle === undefined ? test : test.skip
const reason = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

async function shown(
  t: ExecutionContext,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  expected = 0,
): Promise<string> {
  const command = [process.execPath, BIN, 'run', '--warmup', '0', '--duration', '0.1', ...args]
    .map((word) => `'${word}'`)
    .join(' ')
  const { code, stdout } = await execute('script', ['-qec', command, '/dev/null'], {
    cwd: folder(t),
    env: { TERM: 'xterm', ...env },
  })
  t.is(code, expected, stdout)
  return stdout
}

const CLEAR = '\r\u001B[K'
const YELLOW = '\u001B[33m'

onTerminal(`progress says which replicate, which phase and how long, and is taken away${reason}`, async (t) => {
  const text = await shown(t, ['--replicates', '2'])
  t.true(text.includes(`${CLEAR}[1/2] baseline on sab, replicate 1: load, about `))
  t.true(text.includes(`${CLEAR}[2/2] baseline on sab, replicate 2: paced, about `))
  const [before, after] = text.split(/scenario +p50/)
  t.true(before?.endsWith(CLEAR))
  t.is(after?.includes('\u001B'), false)
})

onTerminal(`it is drawn once per phase and left alone while it is measured${reason}`, async (t) => {
  const text = await shown(t, ['--replicates', '2'])
  t.is(text.split(': paced, about ').length - 1, 2)
  t.is(text.split(': load, about ').length - 1, 2)
  t.true(text.split(CLEAR).length - 1 < 50)
})

/** A rate that no sleep keeps. Told as a warning, unless the pacing has to keep it. */
const TOO_FAST = ['--rate', '1000000', '--on-full', 'block', '--queue-cap', '1', '--work-bytes', '65536']

onTerminal(
  `below stands what the last replicate gave, and how many came to nothing or were warned of${reason}`,
  async (t) => {
    const text = await shown(t, ['--replicates', '2', '--pacing', 'deadline', ...TOO_FAST], {}, 3)
    const second = text.split(': load, about ').at(-1) ?? ''
    t.regex(
      second,
      /^\d+ s left\r\nlast: baseline on sab, [a-z]*…?[a-z 1]*: p50 [\d.]+ ms, p99 [\d.]+ ms, \d+ ops\/s, invalid\r\n/,
    )
    t.regex(second, /\r\nso far: 1 invalid, [1-9] warnings?[\r\n]/)
  },
)

onTerminal(`a long name is cut to the terminal's width, and what stands beside it is not${reason}`, async (t) => {
  const text = await shown(t, ['--queue-cap', '8,64', '--work-bytes', '0,8', '--prod-interval-us', '1000,2000'])
  t.regex(text, /\[\d\/8\] baseline prod-interval-us=[^\r]*…: paced, about \d+ s left/)
  t.regex(text, /last: baseline prod-interval-us=[^\r]*…: p50 [\d.]+ ms, p99 [\d.]+ ms, \d+ ops\/s/)
  const drawn = text.split(CLEAR).filter((part) => part.startsWith('['))
  t.true(drawn.length > 0)
  for (const line of drawn.flatMap((part) => part.split('\r\n'))) t.true(line.length < 80, line)
})

onTerminal(`a warning is yellow and readable${reason}`, async (t) => {
  t.true((await shown(t, TOO_FAST)).includes(`${YELLOW}warning:\u001B[39m baseline on sab, replicate 1: `))
})

for (const [what, args, env] of [
  ['--color never', ['--color', 'never'], {}],
  ['NO_COLOR', [], { NO_COLOR: '1' }],
] as const) {
  onTerminal(`with ${what} a warning has no colour${reason}`, async (t) => {
    const text = await shown(t, [...TOO_FAST, ...args], env)
    t.true(text.includes(`${CLEAR}warning: baseline on sab`))
    t.false(text.includes(YELLOW))
  })
}

onTerminal(`--color always wins over NO_COLOR${reason}`, async (t) => {
  t.true((await shown(t, [...TOO_FAST, '--color', 'always'], { NO_COLOR: '1' })).includes(YELLOW))
})

onTerminal(`--quiet shows nothing at all${reason}`, async (t) => {
  t.is(await shown(t, ['--quiet']), '')
})
