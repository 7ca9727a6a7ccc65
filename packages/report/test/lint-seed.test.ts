import test from 'ava'
import { judge } from './lint-corpus.js'

test("the seed's five misreadings are found on their lines, and nothing else", (t) => {
  const { missed, wrong } = judge('seed.md')
  t.deepEqual({ missed, wrong }, { missed: [], wrong: [] })
})
