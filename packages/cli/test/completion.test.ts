import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { execute, folder, spsc } from './spsc.js'

const installed = (shell: string) => spawnSync(shell, ['--version']).status === 0
const whereInstalled = (shell: string) => (installed(shell) ? test : test.skip)
const reason = (shell: string) => (installed(shell) ? '' : ` (skipped: ${shell} is not installed)`)

async function script(t: ExecutionContext, shell: string): Promise<{ cwd: string; path: string }> {
  const cwd = folder(t)
  const { code, stdout, stderr } = await spsc(['completion', shell], { cwd })
  t.like({ code, stderr }, { code: 0, stderr: '' })
  t.not(stdout, '')
  const path = join(cwd, 'completion')
  writeFileSync(path, stdout)
  return { cwd, path }
}

/** What bash would offer for a command line whose last word is being typed. */
async function offered(t: ExecutionContext, ...words: string[]): Promise<string[]> {
  const { cwd, path } = await script(t, 'bash')
  const program = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _spsc; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { code, stdout, stderr } = await execute('bash', ['-c', program, 'bash', path, ...words], { cwd })
  t.is(code, 0, stderr)
  return stdout.trimEnd().split('\n')
}

const inBash = whereInstalled('bash')

inBash(`bash accepts the script${reason('bash')}`, async (t) => {
  const { cwd, path } = await script(t, 'bash')
  const { code, stderr } = await execute('bash', ['-n', path], { cwd })
  t.like({ code, stderr }, { code: 0, stderr: '' })
})

inBash(`sourcing it completes the command spsc${reason('bash')}`, async (t) => {
  const { cwd, path } = await script(t, 'bash')
  const { stdout } = await execute('bash', ['-c', `source "${path}"; complete -p spsc`], { cwd })
  t.regex(stdout, /-F _spsc spsc$/m)
})

for (const [words, expected] of [
  [
    ['spsc', 'r'],
    ['run', 'report'],
  ],
  [
    ['spsc', ''],
    ['run', 'sweep', 'compare', 'gate', 'list', 'report', 'why', 'lint', 'doctor', 'qemu', 'completion'],
  ],
  [['spsc', 'run', 'base'], ['baseline']],
  [['spsc', 'sweep', 'base'], ['baseline']],
  [
    ['spsc', 'sweep', '--max'],
    ['--max-rate', '--max-time'],
  ],
  [
    ['spsc', 'run', 'aff'],
    ['affinity', 'affinity-producer', 'affinity-both'],
  ],
  [['spsc', 'run', '--queue-'], ['--queue-cap']],
  [['spsc', 'run', 'baseline', '--queue', 'sab-'], ['sab-mutex']],
  [
    ['spsc', 'run', '--color', ''],
    ['auto', 'always', 'never'],
  ],
  [
    ['spsc', 'list', 's'],
    ['scenarios', 'suites'],
  ],
  [
    ['spsc', 'run', '--in', ''],
    ['host', 'qemu'],
  ],
  [['spsc', 'qemu', 's'], ['setup']],
  [['spsc', 'completion', 'f'], ['fish']],
  [
    ['spsc', 'report', '--'],
    ['--out', '--name', '--force', '--json'],
  ],
  [
    ['spsc', 'doctor', '--'],
    ['--json', '--color'],
  ],
] as const) {
  inBash(`bash completes \`${words.join(' ')}\`${reason('bash')}`, async (t) => {
    t.deepEqual(await offered(t, ...words), [...expected])
  })
}

for (const [shell, option] of [
  ['zsh', '-n'],
  ['fish', '--no-execute'],
] as const) {
  whereInstalled(shell)(`${shell} accepts the script${reason(shell)}`, async (t) => {
    const { cwd, path } = await script(t, shell)
    const { code, stderr } = await execute(shell, [option, path], { cwd })
    t.like({ code, stderr }, { code: 0, stderr: '' })
  })
}

test('the script for fish has a line for every option of run', async (t) => {
  const { cwd } = await script(t, 'fish')
  const { stdout } = await spsc(['completion', 'fish'], { cwd })
  for (const option of ['duration', 'queue-cap', 'rate', 'emit-latencies', 'resume', 'print-config']) {
    t.regex(stdout, new RegExp(`^complete -c spsc -n '__fish_seen_subcommand_from run' -l ${option} -d '`, 'm'))
  }
})
