import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import test from 'ava'
import { LAMPORT } from './fixtures.js'

const dir = mkdtempSync(join(tmpdir(), 'spsc-readme-'))
test.after.always(() => rmSync(dir, { recursive: true }))

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8')
const examples = [...readme.matchAll(/^```js\n(.*?)^```$/gms)].map(([, code]) => code as string)

/** Runs an example as a program, with the smallest correct queue in place of the one it imports. */
async function run(code: string): Promise<string> {
  const path = join(dir, 'example.mjs')
  const program = code
    .replace(/'@spsc\/queue-sab'|'\.\/my-queue\.js'/, JSON.stringify(LAMPORT))
    .replaceAll(/'(@spsc\/core[^']*)'/g, (_, entry) => JSON.stringify(import.meta.resolve(entry)))
  writeFileSync(path, program)
  // nx sets FORCE_COLOR for its tasks, which would colour what is read here.
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '', NODE_TEST_CONTEXT: '' }
  delete env.FORCE_COLOR
  return (await promisify(execFile)(process.execPath, [path], { timeout: 60_000, env })).stdout
}

test.serial('the first example of the README runs and prints counts that add up', async (t) => {
  const [, offered, delivered, dropped] =
    /offered: (\d+),\s+delivered: (\d+),\s+dropped: (\d+),/.exec(await run(examples[0] as string)) ?? []
  t.true(Number(offered) > 0)
  t.is(Number(offered), Number(delivered) + Number(dropped))
})

test.serial('the README’s test of a backend runs and passes', async (t) => {
  const output = await run(examples[1] as string)
  t.regex(output, /lamport starts empty/)
  t.regex(output, /^(?:#|ℹ) fail 0$/m)
})

test('every example of the README is run here, and the first is ten lines at most', (t) => {
  t.is(examples.length, 2)
  t.true((examples[0] as string).trimEnd().split('\n').length <= 10)
})

test('the README names everything the package exports', async (t) => {
  for (const entry of ['@spsc/core', '@spsc/core/driver', '@spsc/core/conformance']) {
    const missing = Object.keys(await import(entry)).filter((name) => !new RegExp(`\\b${name}\\b`).test(readme))
    t.deepEqual(missing, [], entry)
  }
})
