import { Program } from '@spsc/loom'
import test from 'ava'

const fixture = (file: string) => new URL(`./fixtures/${file}`, import.meta.url)
const subject = fixture('asynchronous.js')
const program = await Program.load({ subject, scenarios: fixture('syntax-scenarios.js') })

type Table = Record<string, (words: Int32Array) => unknown>
const { ASYNCHRONOUS: untransformed }: { ASYNCHRONOUS: Table } = await import(subject.href)

for (const [name, call] of Object.entries(untransformed)) {
  test(`a thread's event loop does with ${name} what Node's does`, async (t) => {
    const words = new Int32Array(new SharedArrayBuffer(16))
    words.set([1, 2, 3, 4])
    // An asynchronous wait alone does not keep Node running.
    const awake = setInterval(() => {}, 1000)
    const expected = await call(words)
    clearInterval(awake)
    const found: unknown[] = []
    const parameters = { table: 'ASYNCHRONOUS', name, seen: (value: unknown) => void found.push(value) }
    const { failure } = program.explore({ name: 'alone', parameters })
    t.is(failure, undefined, failure?.message)
    t.true(found.length > 0)
    // Time may pass at any moment: what an order can't change is the same in all of them.
    for (const one of found) t.deepEqual(one, expected)
  })
}
