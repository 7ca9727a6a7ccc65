import fc from 'fast-check'
import { testNative as test } from './available.js'
import targets from './fuzz/targets.js'

// With source maps, as tsx has them on, a stack costs a hundred times what the call does that throws.
Error.stackTraceLimit = 0

// A few of what `npm run prove` runs by the million.
for (const { name, input, run } of targets) {
  test(`fuzz: ${name}`, (t) => {
    fc.assert(fc.property(input as fc.Arbitrary<unknown>, run as (input: unknown) => void), { numRuns: 1500 })
    t.pass()
  })
}
