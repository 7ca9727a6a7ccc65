import test from 'ava'
import { documentsOf, judge } from './lint-corpus.js'

for (const half of ['tuning', 'held-out']) {
  test(`of the ${half} half of the corpus, precision and recall are at least 0.95`, (t) => {
    const judged = documentsOf(half).map(judge)
    const sum = (of: (one: ReturnType<typeof judge>) => number) => judged.reduce((total, one) => total + of(one), 0)
    const [found, wrong] = [sum((one) => one.found), sum((one) => one.wrong.length)]
    const [doubted, missed] = [sum((one) => one.marked.false.length), sum((one) => one.missed.length)]
    const differences = judged.flatMap((one) => [
      ...one.wrong.map((what) => `wrong ${what}`),
      ...one.missed.map((what) => `missed ${what}`),
    ])
    t.true(doubted + sum((one) => one.marked.true.length) >= 20)
    t.true((found - wrong) / found >= 0.95, `precision ${found - wrong} of ${found}: ${differences.join('; ')}`)
    t.true((doubted - missed) / doubted >= 0.95, `recall ${doubted - missed} of ${doubted}: ${differences.join('; ')}`)
  })
}
