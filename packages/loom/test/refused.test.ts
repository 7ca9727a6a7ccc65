import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Program } from '@spsc/loom'
import test from 'ava'

const folder = mkdtempSync(join(tmpdir(), 'spsc-loom-'))
test.after.always(() => rmSync(folder, { recursive: true }))

/** A program of one module, which exports `scenario` too. */
function load(name: string, source: string): Promise<Program> {
  const file = join(folder, `${name}.js`)
  writeFileSync(file, source)
  return Program.load({ subject: pathToFileURL(file), scenarios: pathToFileURL(file) })
}

/** What the source is refused for as it is read, with the place of it. */
const READ: Record<string, [string, RegExp]> = {
  'await at the top level': ['export const one = 1\nawait one', /:2:1 has an await at the top level/],
  'for await': ['export async function f(all) { for await (const one of all) one }', /:1:32 has a `for await`/],
  'super in an async method': [
    'export class A extends Object { async f() { return super.toString() } }',
    /:1:52 has `super` in an arrow function or an async method/,
  ],
  'super in an arrow function that touches shared memory': [
    'export class A extends Object { f(words) { return () => super.toString(words[0]) } }',
    /:1:57 has `super`/,
  ],
  'arguments in an async function': ['export async function f() { return arguments[0] }', /:1:36 has `arguments`/],
  'a setter that touches shared memory': [
    'export class A { set one(words) { words[0] = 1 } }',
    /:1:25 has a setter, or a getter whose name is no identifier, that touches shared memory/,
  ],
  'a computed getter that touches shared memory': [
    'export const own = { get [Symbol.iterator]() { return Atomics.load(this.words, 0) } }',
    /:1:43 has a setter, or a getter whose name is no identifier/,
  ],
  'a getter with a name in quotes that touches shared memory': [
    "export class A { get 'a-b'() { return Atomics.load(this.words, 0) } }",
    /:1:27 has a setter, or a getter whose name is no identifier/,
  ],
  'a pattern that assigns to elements': [
    'export function swap(words) { [words[0], words[1]] = [words[1], words[0]] }',
    /:1:32 has an element assigned to by a pattern/,
  ],
  'a pattern with a default that assigns to an element': [
    'export function f(words, from) { ({ a: words[0] = 1 } = from) }',
    /:1:40 has an element assigned to by a pattern/,
  ],
  'a loop that assigns to elements': [
    'export function f(words, from) { for (words[0] of from); }',
    /:1:39 has an element assigned to by a pattern/,
  ],
}

for (const [what, [source, message]] of Object.entries(READ)) {
  test(`${what} is refused as the module is read, with its place`, async (t) => {
    const name = what.replaceAll(/\W/g, '-')
    await t.throwsAsync(load(name, source), { code: 'ERR_UNSUPPORTED', message })
  })
}

const scenario = (run: string, more = '') => `
export const scenario = () => ({
  title: 'a scenario',
  setup: () => new SharedArrayBuffer(8),
  threads: { one: { start: (shared) => new Int32Array(shared), run: ${run} } },
  check() {},
  ${more}
})`

/** What is refused when it runs: the thread is told. */
const RUN: Record<string, [string, RegExp]> = {
  'a generator function': ['const own = function* () {}', /a generator function in file:.*; the checker can't follow/],
  'a method that is a generator': ['const own = { *f() {} }.f', /a generator function/],
  'a static method of a class that is a generator': [
    'class A { static *f() {} }; const own = A.f',
    /a generator function/,
  ],
  'a function of Atomics under another name': [
    'const { load } = Atomics; const own = (words) => load(words, 0)',
    /an access to shared memory that it hides, as by another name of Atomics/,
  ],
  'Atomics as a property of globalThis': [
    'const own = (words) => globalThis.Atomics.load(words, 0)',
    /an access to shared memory that it hides/,
  ],
  'a getter read by a pattern': [
    'const of = (words) => ({ get it() { return words[0] } }); const own = (words) => { const { it } = of(words); return it }',
    /an access to shared memory that it hides/,
  ],
  'a bulk method that can not be split into accesses': [
    'const own = (words) => words.copyWithin(0, 1)',
    /copyWithin on shared memory; the checker can't follow/,
  ],
  'a wait in a constructor': [
    'class A { constructor(words) { Atomics.wait(words, 0, 0) } }; const own = (words) => new A(words)',
    /the code runs wait where no other thread can move; allowed: in what a thread runs, but for constructors/,
  ],
}

for (const [what, [source, message]] of Object.entries(RUN)) {
  test(`${what} is refused when it runs`, async (t) => {
    const name = what.replaceAll(/\W/g, '-')
    const program = await load(name, `${source}\n${scenario('(words) => own(words)')}`)
    const { failure } = program.explore({ name: 'scenario' })
    t.is(failure?.kind, 'threw')
    t.regex(failure?.message ?? '', message)
  })
}

test('a generator function that is exported without a name is refused when it runs', async (t) => {
  const program = await load('default', `export default function* () {}\n${scenario('(words) => words[0]')}`)
  t.is(program.explore({ name: 'scenario' }).failure, undefined)
  const called = `import own from './default.js'\n${scenario('() => own()')}`
  t.regex((await load('calls-default', called)).explore({ name: 'scenario' }).failure?.message ?? '', /a generator/)
})

test('modules that import each other are refused, with the circle', async (t) => {
  await t.throwsAsync(load('round', "import './about.js'"), { code: 'ENOENT' })
  writeFileSync(join(folder, 'about.js'), "import { a } from './turn.js'\nexport const b = () => a")
  const program = await load('turn', `import { b } from './about.js'\nexport const a = () => b\n${scenario('() => 1')}`)
  t.throws(() => program.explore({ name: 'scenario' }), {
    code: 'ERR_UNSUPPORTED',
    message: /turn\.js imports itself by way of .*turn\.js and .*about\.js; allowed: imports without a circle/,
  })
})
