import { writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type MaxRateResult, unavailable } from '@spsc/core'
import { maxRateText, renderRun, toMarkdown } from '@spsc/report'
import test from 'ava'
import { measured } from './records.js'

const STEP = { measured: 3, kept_rate: 3, held: 3 }
const RESULT: MaxRateResult = {
  scenario: 'baseline',
  queue: 'sab',
  slo: ['response.p99<1ms'],
  resolution: 0.05,
  lowest_rate: 1000,
  highest_rate: 64_000,
  outcome: 'found',
  held: 1000,
  failed: 1040,
  steps: [
    {
      ...STEP,
      rate: 1040,
      verdict: 'failed',
      held: 0,
      figures: { response_p99_ns: unavailable('a|b'), drop_rate: 0.5 },
    },
    { ...STEP, rate: 1000, verdict: 'held', figures: { response_p99_ns: 250_000, drop_rate: 0 } },
  ],
}

for (const [what, changes, said] of [
  ['a bracket', {}, '1000/s held, 1040/s failed'],
  ['the highest rate allowed', { held: 64_000, failed: undefined }, '64000/s held, the highest rate allowed'],
  [
    'no answer',
    { outcome: 'inconclusive', reason: 'the replicates disagree at 1020/s' },
    'inconclusive: 1000/s held, 1040/s failed; the replicates disagree at 1020/s',
  ],
  ['nothing', { outcome: 'unmeasured', held: undefined, failed: undefined }, 'no rate could be measured'],
  ['a beginning', { outcome: 'unfinished', failed: undefined }, 'unfinished: 1000/s held'],
] as const) {
  test(`a search that found ${what} says so in a line`, (t) => {
    const result = { ...RESULT, ...changes } as MaxRateResult
    t.is(maxRateText([result]), `highest rate of baseline on sab with response.p99<1ms: ${said}\n`)
  })
}

test('no terminal sequence passes', (t) => {
  t.false(maxRateText([{ ...RESULT, queue: '\u001b[31mred', reason: '\u001b[0m' }]).includes('\u001b'))
})

test('the report lists every rate that was tried, ascending, and why a figure is missing', (t) => {
  const text = toMarkdown([measured()], { name: 't', maxRate: [RESULT] })
  t.regex(
    text,
    /## Highest rate that holds\n\n`baseline` on `sab` with `response\.p99<1ms`: \*\*1000\/s held, 1040\/s failed\*\*\./,
  )
  t.regex(
    text,
    /\| +1000 \| +0\.250 \| +0\.000 \| +3 of 3 \| +3 of 3 \| held +\|\n\| +1040 \| +unavailable \| +0\.500 \| +3 of 3 \| +0 of 3 \| failed +\|/,
  )
  t.regex(text, /^Unavailable: a\\\|b\.$/m)
})

test('a report of a run that is no search has no such section', (t) => {
  t.notRegex(toMarkdown([measured()], { name: 't' }), /Highest rate/)
})

for (const [what, manifest, expected] of [
  ['what its manifest holds', JSON.stringify({ max_rate: [RESULT] }), 1],
  ['nothing where the manifest has none', '{}', 0],
  ['nothing where it is damaged', '{"max_rate": [{"sc', 0],
  ['nothing where its form is another', '{"max_rate": [{"scenario": 1}]}', 0],
  ['nothing without a manifest', undefined, 0],
] as const) {
  test(`of a stored search a rendering reads ${what}`, async (t) => {
    const dir = await mkdtemp(join(tmpdir(), 'spsc-report-'))
    t.teardown(() => rm(dir, { recursive: true, force: true }))
    writeFileSync(join(dir, 't_results.ndjson'), `${JSON.stringify(measured())}\n`)
    if (manifest !== undefined) writeFileSync(join(dir, 't_manifest.json'), manifest)
    const { maxRate } = await renderRun({ dir, name: 't' })
    t.is(maxRate.length, expected)
  })
}
