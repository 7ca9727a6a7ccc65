import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import test from 'ava'

const root = mkdtempSync(join(tmpdir(), 'spsc-readme-'))
test.after.always(() => rmSync(root, { recursive: true }))

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8')
const readme = read('../README.md')
const guide = read('../../../docs/moving-to-queue-sab.md')

/** A program of one file, or of several where each begins with its name: `// main.js`; the first one is run. */
interface Program {
  readonly name: string
  readonly files: Map<string, string>
}

/** Runs of blocks under one heading that begin with a file's name are one program; any other block is one by itself. */
function programsOf(markdown: string): Program[] {
  const programs: Program[] = []
  let heading = ''
  for (const [, title, code] of markdown.matchAll(/^#+ ([^\n]*)$|^```js\n(.*?)^```$/gms)) {
    if (code === undefined) {
      heading = title as string
      continue
    }
    const file = /^\/\/ (\S+\.js)\n/.exec(code)?.[1]
    const last = programs.at(-1)
    if (file !== undefined && last?.name.startsWith(`${heading},`) && !last.files.has('') && !last.files.has(file)) {
      last.files.set(file, code)
    } else {
      programs.push({ name: `${heading}, ${programs.length + 1}`, files: new Map([[file ?? '', code]]) })
    }
  }
  return programs
}

/** What a program prints, by the comments behind its calls of console.log. */
function expectedOutput(code: string): string[] {
  return [...code.matchAll(/console\.log\(.*\/\/ (.*)$/gm)].map(([, output]) => output as string)
}

const bench = createRequire(new URL('../../../bench/package.json', import.meta.url))

function resolved(specifier: string): string {
  if (specifier.startsWith('@spsc/')) return import.meta.resolve(specifier)
  return pathToFileURL(bench.resolve(specifier)).href
}

async function run(files: Map<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(root, 'program-'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  for (const [name, code] of files) {
    const program = code.replaceAll(
      /(?<= from )'(@spsc\/[^']+|ringbuf\.js|thread-stream)'/g,
      (_, specifier) => `'${resolved(specifier)}'`,
    )
    writeFileSync(join(folder, name || 'main.js'), program)
  }
  const main = [...files.keys()][0] || 'main.js'
  // nx sets FORCE_COLOR for its tasks, which would colour what is read here.
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_OPTIONS: '' }
  delete env.FORCE_COLOR
  const { stdout } = await promisify(execFile)(process.execPath, [main], { cwd: folder, timeout: 60_000, env })
  return stdout.trimEnd().split('\n')
}

for (const [document, markdown] of Object.entries({ README: readme, guide })) {
  for (const { name, files } of programsOf(markdown)) {
    test.serial(`${document}: ${name} runs and prints what it says`, async (t) => {
      const expected = [...files.values()].flatMap(expectedOutput)
      t.true(expected.length > 0, 'it says what it prints')
      t.deepEqual((await run(files)).sort(), expected.sort())
    })
  }
}

test('the first example of the README is ten lines at most', (t) => {
  const [first] = programsOf(readme)
  t.true([...(first?.files.values() ?? [])].join().trimEnd().split('\n').length <= 10)
})

test('the README names everything the package exports', async (t) => {
  for (const entry of ['@spsc/queue-sab', '@spsc/queue-sab/node']) {
    const names = Object.keys(await import(entry)).filter((name) => name !== 'default')
    t.deepEqual(
      names.filter((name) => !new RegExp(`\\b${name}\\b`).test(readme)),
      [],
      entry,
    )
  }
})
