import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Program } from '@spsc/loom'
import test from 'ava'

const folder = mkdtempSync(join(tmpdir(), 'spsc-loom-'))
test.after.always(() => rmSync(folder, { recursive: true }))

function write(name: string, source: string): URL {
  const file = join(folder, name)
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, source)
  return pathToFileURL(file)
}

write('node_modules/cells/package.json', '{ "name": "cells", "type": "module", "exports": "./index.js" }')
write(
  'node_modules/cells/index.js',
  'export const put = (words) => { words[0] = 1 }; export const take = (words) => words[0]',
)
write('quoted.js', "const put = (words) => { words[0] = 1 }\nexport { put as 'puts it' }\nexport const one = 1")
write('through.js', "export { 'puts it' as put, one as 'is one' } from './quoted.js'")

const SCENARIO = `
export const scenario = ({ put, take }) => ({
  title: 'one puts, one takes',
  setup: () => new SharedArrayBuffer(4),
  threads: {
    one: { start: (shared) => new Int32Array(shared), run: (words) => put(words) },
    other: { start: (shared) => new Int32Array(shared), run: (words) => (Atomics.load(words, 0), take(words)) },
  },
  check() {},
})`

/** What `subject` is found to do in the scenario. */
async function explore(name: string, subject: string, packages?: string[]) {
  const options = { subject: write(`${name}.js`, subject), scenarios: write(`${name}-scenarios.js`, SCENARIO) }
  return (await Program.load(packages ? { ...options, packages } : options)).explore({ name: 'scenario' })
}

test('a package is followed where it is named, and else is what it is', async (t) => {
  const subject = "import { put, take } from 'cells'\nexport { put, take }"
  const { failure } = await explore('followed', subject, ['cells'])
  t.is(failure?.kind, 'race')
  t.is((await explore('foreign', subject)).failure, undefined)
})

test('modules of Node are what they are', async (t) => {
  const subject = `
    import { strictEqual } from 'node:assert'
    export const put = () => strictEqual(1, 1)
    export const take = (words) => strictEqual(words.length, 2)`
  t.regex((await explore('node', subject)).failure?.message ?? '', /other threw AssertionError/)
})

test('exports whose names are no identifiers are found by these names', async (t) => {
  const subject = `
    export { put } from './through.js'
    import { 'is one' as one } from './through.js'
    export const take = (words) => words[one - 1]`
  t.is((await explore('names', subject)).failure?.kind, 'race')
})
