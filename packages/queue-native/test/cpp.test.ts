import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'

test('the headers pass their own tests in C++', async (t) => {
  t.timeout(300_000)
  const program = fileURLToPath(new URL('cpp/run.mjs', import.meta.url))
  const { stdout } = await promisify(execFile)(process.execPath, [program, '--quick'], { timeout: 280_000 })
  t.log(stdout.trim().split('\n').at(-1))
  t.pass()
})
