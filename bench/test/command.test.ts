import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import test from 'ava'

const program = fileURLToPath(new URL('../js/run.mjs', import.meta.url))

interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

const run = (...args: string[]) =>
  new Promise<Outcome>((resolve) => {
    execFile(process.execPath, [program, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    )
  })

test.serial('a run prints the machine, a table and the marks, and writes its samples', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'spsc-bench-'))
  try {
    const file = join(folder, 'samples.json')
    const choice = ['--workloads', 'singles', '--peers', 'spsc,ringbuf.js']
    const { code, stdout, stderr } = await run(
      ...choice,
      '--items',
      '20',
      '--rounds',
      '2',
      '--seed',
      '1',
      '--json',
      file,
    )
    t.is(code, 0, stderr)
    t.regex(stdout, /^node v\d/)
    t.regex(stdout, /## singles: A worker sends single i32 items/)
    t.regex(stdout, /publish each: ≥ 4 × ringbuf\.js +\S+ \(\S+\) +(met|not met) +\d of 2 rounds/)
    const { seed, workloads } = JSON.parse(await readFile(file, 'utf8'))
    t.is(seed, 1)
    const ringbuf = workloads[0].rows.find(({ peer }: { peer: string }) => peer === 'ringbuf.js')
    t.deepEqual(
      ringbuf.samples.map(({ round, items }: { round: number; items: number }) => [round, items]),
      [
        [1, 20],
        [2, 20],
      ],
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})

test.serial('a bad option ends with 2 and one line that says what is allowed', async (t) => {
  const { code, stdout, stderr } = await run('--rounds', 'many')
  t.is(code, 2)
  t.is(stdout, '')
  t.is(stderr, '[spsc] [bench] --rounds is "many"; allowed: an integer from 1 to 10000\n')
})
