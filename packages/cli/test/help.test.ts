import { readFileSync } from 'node:fs'
import { kebab, SETTINGS } from '@spsc/core'
import test from 'ava'
import { folder, spsc } from './spsc.js'

const MEASURING = [
  ...SETTINGS.map((setting) => `--${kebab(setting)}`),
  ...[
    '--queue',
    '--rate',
    '--replicates',
    '--seed',
    '--collect',
    '--perf-events',
    '--emit-latencies',
    '--name',
    '--out',
  ],
  ...['--in', '--mode', '--guest-cpus', '--guest-memory', '--accel', '--kernel', '--guest-timeout'],
  ...['--force', '--resume', '--serve', '--json', '--quiet', '--log-level', '--color', '--print-config'],
]
const OPTIONS: Readonly<Record<string, readonly string[]>> = {
  run: MEASURING,
  sweep: [...MEASURING, '--max-rate', '--slo', '--resolution', '--max-time'],
  list: ['--json', 'queues', 'collectors', 'scenarios', 'suites', 'injections'],
  report: ['--out', '--name', '--force', '--json'],
  compare: [...MEASURING, '--run', '--baseline', '--margin', '--across-machines', '--figures'],
  gate: [...MEASURING, '--run', '--baseline', '--margin', '--across-machines', '--max', '--format', '--junit'],
  why: [
    ...['--queue', '--against', '--hypothesis', '--confirm', '--replicates', '--duration', '--seed', '--name'],
    ...['--force', '--quiet', '--out', '--json', '--color'],
  ],
  lint: ['--rules', '--format', '--json'],
  doctor: ['--json', '--color'],
  qemu: ['setup'],
  completion: ['bash', 'zsh', 'fish'],
}

async function help(t: Parameters<typeof folder>[0], ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await spsc([...args, '--help'], { cwd: folder(t) })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  return stdout
}

for (const [command, options] of Object.entries(OPTIONS)) {
  test(`help of ${command} names each of its options`, async (t) => {
    const text = await help(t, command)
    for (const option of [...options, '--help']) t.regex(text, new RegExp(`(^|[\\s"(])${option}\\b`, 'm'), option)
  })
}

for (const args of [[], ...Object.keys(OPTIONS).map((command) => [command])]) {
  test(`help of ${['spsc', ...args].join(' ')} fits 80 columns and has no control codes`, async (t) => {
    const text = await help(t, ...args)
    t.deepEqual(
      text.split('\n').filter((line) => line.length > 80),
      [],
    )
    t.false(text.includes('\u001B'))
  })
}

test('help without a command names every command and what the exit codes say', async (t) => {
  const text = await help(t)
  for (const command of Object.keys(OPTIONS)) t.regex(text, new RegExp(`^  ${command} `, 'm'))
  t.regex(text, /Exit codes: 0 ok, 1 a check failed \(gate, lint, why --confirm\), 2 usage/)
  t.regex(text, /--queue-cap is\s+SPSC_QUEUE_CAP/)
})

test('no arguments at all give that help', async (t) => {
  const { code, stdout } = await spsc([], { cwd: folder(t) })
  t.is(code, 0)
  t.is(stdout, await help(t))
})

test('help tells the defaults', async (t) => {
  const text = (await help(t, 'run')).replaceAll(/\s+/g, ' ')
  t.regex(text, /--queue-cap <n> items the queue holds \(default: 64\)/)
  t.regex(text, /--prod-interval-us <n> [^(]*\(default: 1000\)/)
  t.regex(text, /--warmup <time> [^(]*\(default: 0\.5\)/)
})

test('the version is the package’s', async (t) => {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  const { code, stdout } = await spsc(['--version'], { cwd: folder(t) })
  t.is(code, 0)
  t.is(stdout, `${version}\n`)
})
