import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { cache, obtain } from './obtain.js'

/** The suite takes 5 s on an idle machine; a test of it that hangs gives up after 20. */
const RUN_MS = 180_000

const program = fileURLToPath(new URL('./process/main.js', import.meta.url))

/** How each is told to run a file, with what is installed and nothing else. */
const ARGUMENTS = {
  deno: ['run', '--allow-all', '--no-remote', '--no-lock', program],
  bun: ['--no-install', program],
}

/**
 * Runs the suite in a process of the runtime called `name`.
 *
 * @returns {Promise<import('./report.js').Row[]>}
 */
export async function runProcess(name) {
  const { binary, version, skipped } = await obtain(name)
  if (skipped) return [{ runtime: name, skipped }]
  const env = { ...process.env, DENO_DIR: join(cache, 'deno-dir'), DENO_NO_UPDATE_CHECK: '1' }
  const { error, stdout, stderr } = await new Promise((resolve) => {
    const options = { env, timeout: RUN_MS, killSignal: 'SIGKILL', maxBuffer: 1 << 26 }
    execFile(binary, ARGUMENTS[name] ?? [program], options, (error, stdout, stderr) =>
      resolve({ error, stdout, stderr }),
    )
  })
  if (!error) return [{ runtime: name, version, report: JSON.parse(stdout.trim().split('\n').at(-1)) }]
  const how = error.killed ? `was still running after ${RUN_MS / 1000} s` : `ended with ${error.signal ?? error.code}`
  const reason = `${name} ${how}\n${stdout}${stderr}`
  return [{ runtime: name, version, report: { passed: [], failed: [{ title: 'the suite', reason }], skipped: [] } }]
}
