import test from 'ava'
import { loadProgram } from './program.js'
import { QUICK } from './runs.js'

const program = await loadProgram()

for (const run of QUICK) {
  const { name, parameters, preemptions } = run as { name: string; parameters: unknown; preemptions?: number }
  const bound = preemptions === undefined ? 'in every order' : `with ${preemptions} preemption`
  test(`${bound}: ${name} ${JSON.stringify(parameters)}`, (t) => {
    const { failure, complete, executions, states } = program.explore(run)
    t.log(`${executions} executions, ${states} states`)
    t.is(failure, undefined, failure && `${failure.message}\n${failure.trace}\nschedule ${failure.schedule}`)
    t.true(complete)
  })
}

test('a search that finds nothing can find something: a publish that wakes nobody is noticed', (t) => {
  const only = (name: string) => name === 'src/ring/words.ts publish exchange: drop'
  const [mutant] = program.mutants([{ name: 'stream', parameters: { capacity: 1, items: 1 } }], { only })
  t.is(mutant?.killedBy?.kind, 'asleep')
})
