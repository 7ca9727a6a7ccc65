import { readFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import test from 'ava'

/** Every module that the built entry pulls in before it runs, as the files and packages it names. */
function importsOf(entry: string): { files: Set<string>; packages: Set<string> } {
  const files = new Set<string>()
  const packages = new Set<string>()
  const visit = (url: string) => {
    if (files.has(url)) return
    files.add(url)
    const code = readFileSync(new URL(url), 'utf8')
    for (const [, specifier] of code.matchAll(/^(?:import|export)\b[^;'"]*["']([^"']+)["'];$/gm)) {
      if (specifier?.startsWith('.')) visit(new URL(specifier, url).href)
      else packages.add(specifier as string)
    }
  }
  visit(import.meta.resolve(entry))
  return { files, packages }
}

test('the main entry needs nothing of Node, and no package but its two', (t) => {
  const { files, packages } = importsOf('@spsc/core')
  t.true(files.size > 1, 'the entry is split into chunks, which are followed')
  t.deepEqual([...packages].sort(), ['eventemitter3', 'valibot'])
})

for (const entry of ['conformance', 'conformance-worker', 'clock']) {
  test(`@spsc/core/${entry} needs nothing but its own files, so a browser loads it without a bundler`, (t) => {
    t.deepEqual([...importsOf(`@spsc/core/${entry}`).packages], [])
  })
}

test('what reads the imports would see those of Node', (t) => {
  const { packages } = importsOf('@spsc/core/driver')
  t.true([...packages].some((specifier) => isBuiltin(specifier)))
})
