import { spawn } from 'node:child_process'
import test from 'ava'
import { cases, whyNot } from './spin/run.mjs'

const reason = whyNot()
const verifying = reason === undefined ? test : test.skip

/** In a process of its own, since a verifier takes its time. */
function verify(only: string): Promise<{ code: number | null; output: string }> {
  const child = spawn(process.execPath, [new URL('./spin/run.mjs', import.meta.url).pathname, '--only', only])
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })))
}

// `npm run prove` verifies all, and larger ones.
const CASES = cases().filter(({ what }) => /both may die, capacity 1|by membarrier/.test(what))
const FAULTS = cases().filter(({ what }) => /before it publishes|close without|held back|barrier at/.test(what))

for (const { model, what } of [...CASES, ...FAULTS]) {
  const is = FAULTS.some((fault) => fault.what === what) ? 'is found' : 'holds in every order'
  verifying(`${model}.pml: ${what}: ${is}${reason ? ` (${reason})` : ''}`, async (t) => {
    const { code, output } = await verify(what)
    t.log(output.trim().split('\n').at(-1))
    t.is(code, 0, output)
    t.regex(output, /^ok - /)
  })
}
