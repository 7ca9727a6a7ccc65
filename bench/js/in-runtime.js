import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('./run.mjs', import.meta.url))

/**
 * The same benchmark in another runtime, with `args` and this process's output.
 *
 * @param name one of those that `npm run test:runtimes` installs
 * @returns its exit code
 * @throws Error where there is no such runtime, or it can't be had
 */
export async function runIn(name, args) {
  const { obtain, obtainable } = await import('../../runtimes/obtain.js')
  if (!obtainable.includes(name)) {
    throw new Error(`--runtime is ${JSON.stringify(name)}; allowed: ${obtainable.join(', ')}`)
  }
  const { binary, skipped } = await obtain(name)
  if (skipped !== undefined) throw new Error(`no ${name}: ${skipped}`)
  const run = name === 'deno' ? ['run', '--allow-all'] : []
  return spawnSync(binary, [...run, program, ...args], { stdio: 'inherit' }).status ?? 1
}
