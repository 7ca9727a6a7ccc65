import { toLedgerTable, toSummary, toTable } from '@spsc/report'
import test from 'ava'
import { ledger } from './ledgers.js'
import { measured } from './records.js'

const cells = (count: number, collectors = measured().collectors) =>
  Array.from({ length: count }, (_, index) => measured({ scenario: `s${index + 1}`, cell: index + 1, collectors }))

const SEARCH = {
  ...{ scenario: 'baseline', queue: 'sab', slo: ['response.p99<1ms'], resolution: 0.05, outcome: 'found' as const },
  ...{ lowest_rate: 1000, highest_rate: 64_000, held: 1000, failed: 1040, steps: [] },
}

test('without collectors of ours beside the histogram it is the table alone', (t) => {
  t.is(toSummary(cells(2)), toTable(cells(2)))
})

test('the answers of searches stand below the table, before what collectors stored', (t) => {
  const records = cells(1, { ledger: ledger() })
  const answer = 'highest rate of baseline on sab with response.p99<1ms: 1000/s held, 1040/s failed'
  t.is(toSummary(records, { maxRate: [SEARCH] }), `${toTable(records)}\n${answer}\n\n${toLedgerTable(records)}`)
})

test('where the table is cut, what collectors stored is of the rows that it shows', (t) => {
  const text = toSummary(cells(3, { ledger: ledger() }), { maxRows: 2 })
  t.regex(text, /^1 more row is in the report and the CSV\.$/m)
  t.regex(text, /^s2 on sab: due to done/m)
  t.notRegex(text, /s3/)
})
