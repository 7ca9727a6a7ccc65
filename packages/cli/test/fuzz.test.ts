import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import fc from 'fast-check'
import targets, { inFolder, reportCommand, storedResults } from './fuzz/targets.js'
import { folder, run } from './spsc.js'

// With source maps, as tsx has them on, a stack costs a hundred times what the call does that throws.
Error.stackTraceLimit = 0

interface Target {
  readonly name: string
  readonly input: fc.Arbitrary<unknown>
  run(input: unknown): unknown
}

// A few of what `npm run prove` runs by the thousand. One after the other: they take what this process prints.
async function fuzz({ input, run }: Target, numRuns: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(input, async (given) => void (await run(given))),
    { numRuns },
  )
}

const HOME = process.cwd()
test.before(() => inFolder())
test.after.always(() => process.chdir(HOME))

for (const target of targets as readonly Target[]) {
  test.serial(`fuzz: ${target.name}`, async (t) => {
    await t.notThrowsAsync(fuzz(target, 150))
  })
}

test.serial('fuzz: results of a real run, changed and drawn', async (t) => {
  const cwd = folder(t)
  await run(t, ['--collect', 'histogram,ledger,sched', '--name', 'real', '--quiet'], { cwd })
  const lines = readFileSync(join(cwd, 'result_data/real_results.ndjson'), 'utf8').trim().split('\n')
  await t.notThrowsAsync(fuzz(storedResults(lines) as unknown as Target, 40))
  await t.notThrowsAsync(fuzz(reportCommand(lines) as unknown as Target, 2))
})
