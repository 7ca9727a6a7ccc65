import { Program } from '@spsc/loom'
import test from 'ava'

const fixture = (file: string) => new URL(`./fixtures/${file}`, import.meta.url)
const program = await Program.load({ subject: fixture('syntax.js'), scenarios: fixture('syntax-scenarios.js') })

type Table = Record<string, (words: Int32Array) => unknown>
const untransformed: Record<string, Table> = await import(fixture('syntax.js').href)

for (const [table, functions] of Object.entries(untransformed)) {
  for (const [name, call] of Object.entries(functions)) {
    test(`${table}, ${name}: gives and leaves the same as without the checker`, (t) => {
      const words = new Int32Array(new SharedArrayBuffer(16))
      words.set([1, 2, 3, 4])
      const expected = [call(words), [...words]]
      const found: unknown[] = []
      const seen = (...outcome: unknown[]) => void found.push(outcome)
      const { failure, complete } = program.explore({ name: 'alone', parameters: { table, name, seen } })
      t.is(failure, undefined, failure?.message)
      t.true(complete)
      t.deepEqual(found, [expected])
    })

    test(`${table}, ${name}: races with a plain write of another thread`, (t) => {
      const { failure } = program.explore({ name: 'beside', parameters: { table, name } })
      t.is(failure?.kind, 'race', failure?.message)
    })
  }
}
