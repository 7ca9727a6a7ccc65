import { spawnSync } from 'node:child_process'
import test, { type ExecutionContext } from 'ava'
import { BIN, execute, folder } from './spsc.js'

// util-linux's script gives a command a terminal of its own.
const obstacle = spawnSync('script', ['--version'], { encoding: 'utf8' }).stdout?.includes('util-linux')
  ? undefined
  : 'script of util-linux is not installed'
const onTerminal = obstacle === undefined ? test : test.skip
const reason = obstacle === undefined ? '' : ` (skipped: ${obstacle})`

async function shown(t: ExecutionContext, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const command = [process.execPath, BIN, 'run', '--warmup', '0', '--duration', '0.1', ...args]
    .map((word) => `'${word}'`)
    .join(' ')
  const { code, stdout } = await execute('script', ['-qec', command, '/dev/null'], {
    cwd: folder(t),
    env: { TERM: 'xterm', ...env },
  })
  t.is(code, 0, stdout)
  return stdout
}

const CLEAR = '\r\u001B[K'
const YELLOW = '\u001B[33m'

onTerminal(
  `progress is one line that says which replicate, which phase and how long, and is taken away${reason}`,
  async (t) => {
    const text = await shown(t, ['--replicates', '2'])
    t.true(text.includes(`${CLEAR}[1/2] baseline on sab, replicate 1: load, about `))
    t.true(text.includes(`${CLEAR}[2/2] baseline on sab, replicate 2: paced, about `))
    const [before, after] = text.split(/scenario +p50/)
    t.true(before?.endsWith(CLEAR))
    t.is(after?.includes('\u001B'), false)
  },
)

onTerminal(`the line is drawn once per phase and left alone while it is measured${reason}`, async (t) => {
  const text = await shown(t, ['--replicates', '2'])
  t.is(text.split(': paced, about ').length - 1, 2)
  t.is(text.split(': load, about ').length - 1, 2)
  t.true(text.split(CLEAR).length - 1 < 20)
})

onTerminal(`a warning is yellow and readable${reason}`, async (t) => {
  t.true((await shown(t, [])).includes(`${YELLOW}warning:\u001B[39m baseline on sab, replicate 1: `))
})

for (const [what, args, env] of [
  ['--color never', ['--color', 'never'], {}],
  ['NO_COLOR', [], { NO_COLOR: '1' }],
] as const) {
  onTerminal(`with ${what} a warning has no colour${reason}`, async (t) => {
    const text = await shown(t, [...args], env)
    t.true(text.includes(`${CLEAR}warning: baseline on sab`))
    t.false(text.includes(YELLOW))
  })
}

onTerminal(`--color always wins over NO_COLOR${reason}`, async (t) => {
  t.true((await shown(t, ['--color', 'always'], { NO_COLOR: '1' })).includes(YELLOW))
})

onTerminal(`--quiet shows nothing at all${reason}`, async (t) => {
  t.is(await shown(t, ['--quiet']), '')
})
