import { labelsOf, sideBySide, toCsv, toMarkdown, toTable } from '@spsc/report'
import test from 'ava'
import { failed, measured } from './records.js'

const before = { label: 'before', records: [measured({ cell: 2 }), measured({ scenario: 'affinity', cell: 1 })] }
const after = { label: 'after', records: [measured({ cell: 1, ops_s: 999 }), failed({ scenario: 'new', cell: 2 })] }

test('rows of one scenario stand together, in the order of the runs, each with its run', (t) => {
  const names = toTable(sideBySide([before, after]))
    .split('\n')
    .map((line) => line.split(/ {2,}/)[0])
  t.deepEqual(names.slice(1, -1), ['before: affinity', 'before: baseline', 'after: baseline', 'after: new'])
})

test('replicates of two runs are never one cell', (t) => {
  const rows = toCsv(sideBySide([before, after]))
    .trimEnd()
    .split('\n')
    .slice(1)
  t.is(rows.length, 4)
  t.true(rows.some((row) => row.startsWith('before: baseline,sab,1,') && row.includes(',447.2,')))
  t.true(rows.some((row) => row.startsWith('after: baseline,sab,1,') && row.includes(',999,')))
})

test('a record says of which run it is, and all else in it stays', (t) => {
  const [first] = sideBySide([before, after])
  const { run, scenario, cell, ...rest } = first ?? measured()
  const { run: _, scenario: __, cell: ___, ...stored } = before.records[0] ?? failed()
  t.like({ run, scenario }, { run: 'before', scenario: 'before: baseline' })
  t.true(Number.isInteger(cell))
  t.deepEqual(rest, stored)
})

test('what is said of a run joins the warnings of each of its records, and the report tells it', (t) => {
  const records = sideBySide([before, { ...after, warning: 'measured elsewhere' }])
  t.deepEqual(
    records.map(({ warnings }) => warnings),
    [[], [], ['measured elsewhere'], ['measured elsewhere']],
  )
  t.regex(toMarkdown(records, { name: 'both' }), /measured elsewhere \(2 times\)/)
})

test('a run is called by its name, and by as much of its path as tells it from another', (t) => {
  t.deepEqual(labelsOf([{ dir: '/r', name: 'a' }]), ['a'])
  t.deepEqual(
    labelsOf([
      { dir: '/r', name: 'a' },
      { dir: '/r', name: 'b' },
    ]),
    ['a', 'b'],
  )
  t.deepEqual(
    labelsOf([
      { dir: '/x/old', name: 'a' },
      { dir: '/x/new', name: 'a' },
      { dir: '/y/new', name: 'b' },
    ]),
    ['old/a', 'new/a', 'b'],
  )
  t.deepEqual(
    labelsOf([
      { dir: '/x/r', name: 'a' },
      { dir: '/y/r', name: 'a' },
    ]),
    ['x/r/a', 'y/r/a'],
  )
  t.deepEqual(
    labelsOf([
      { dir: '/', name: 'a' },
      { dir: '/a', name: 'a' },
    ]),
    ['a', 'a/a'],
  )
})
