import { Program, type Run } from '@spsc/loom'
import test from 'ava'

const fixture = new URL('./fixtures/mutated.js', import.meta.url)
const program = await Program.load({ subject: fixture, scenarios: fixture })
const AWAITED: Run = { name: 'awaited' }

/** Changes of the accesses by `operation`, and what each has been noticed by. */
function fates(run: Run, operation: string): Record<string, string | undefined> {
  const only = (name: string) => name.startsWith('mutated.js ') && name.includes(` ${operation}: `)
  const reached = [...program.mutants([run], { only })].filter((one) => one.reached)
  return Object.fromEntries(reached.map(({ name, killedBy }) => [name.split(': ')[1], killedBy?.kind]))
}

for (const call of ['add', 'sub', 'and', 'or', 'xor', 'exchange', 'compareExchange']) {
  test(`${call} that does not happen, is in two steps or of another word is noticed where two threads do it`, (t) => {
    const { drop, weaken, word } = fates({ name: 'twice', parameters: { call } }, call)
    t.deepEqual([drop, weaken, word], ['wrong', 'race', 'wrong'])
  })
}

test('each change of what wakes an event loop is noticed, but those that change nothing', (t) => {
  t.deepEqual(fates(AWAITED, 'set'), { drop: 'wrong', reorder: 'race', word: 'wrong' })
  t.deepEqual(fates(AWAITED, 'store'), { drop: 'asleep', reorder: 'asleep', weaken: 'race', word: 'asleep' })
  t.deepEqual(fates(AWAITED, 'notify'), { drop: 'asleep', reorder: undefined, word: 'asleep' })
  t.deepEqual(fates(AWAITED, 'waitAsync'), { drop: 'race', word: 'asleep' })
  t.deepEqual(fates(AWAITED, 'load'), { drop: 'wrong', reorder: 'threw', weaken: undefined, word: 'wrong' })
  t.deepEqual(fates(AWAITED, 'get'), { reorder: undefined, word: 'wrong' })
})

test('an access that no scenario comes to is told of as not reached, by what might be made of it', (t) => {
  const mutants = [...program.mutants([AWAITED], { only: (name) => name.includes('unreached') })]
  t.deepEqual(
    mutants.map(({ name, reached, killedBy, complete }) => [name, reached, killedBy, complete]),
    ['drop', 'reorder', 'weaken', 'word'].map((change) => [
      `mutated.js unreached load: ${change}`,
      false,
      undefined,
      true,
    ]),
  )
})

test('what is said to be equivalent is tried on little; whether all has been seen is told', (t) => {
  const name = 'mutated.js add add: drop'
  const run = { name: 'twice', parameters: { call: 'add' } }
  const [mutant] = program.mutants([run], { only: (one) => one === name, equivalent: new Set([name]) })
  t.is(mutant?.killedBy?.kind, 'wrong')
})

test('scenarios that do not hold for the source as it is have no mutants', (t) => {
  t.throws(() => [...program.mutants([{ name: 'wrong' }])], {
    message: /what does not hold: Error: expected 1, got 0, without a mutant/,
  })
})
