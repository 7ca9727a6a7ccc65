import { toMarkdown } from '@spsc/report'
import test from 'ava'
import { failed, latency, measured, withLatency } from './records.js'
import { table } from './sections.js'

const affinity = measured(
  { scenario: 'affinity', ops_s: 452, collectors: withLatency(latency(56_000, 278_000, 1_620_000)) },
  { pinConsumer: 'last' },
)

test("the seed's table", (t) => {
  t.deepEqual(table(toMarkdown([measured(), affinity], { name: 't000' })), [
    '| scenario | p50 (ms) | p95 (ms) | p99 (ms) | ops/s |  drop |',
    '| :------- | -------: | -------: | -------: | ----: | ----: |',
    '| baseline |    0.060 |    0.122 |    0.299 |   447 | 0.000 |',
    '| affinity |    0.056 |    0.278 |    1.620 |   452 | 0.000 |',
  ])
})

test('the response stands in a table of its own, called corrected, and latency raw', (t) => {
  const collectors = { histogram: { latency: latency(60_000), response: latency(80_000, 200_000, 900_000) } }
  const markdown = toMarkdown([measured({ collectors })], { name: 't000' })
  t.deepEqual(table(markdown, '## Response'), [
    '| scenario | p50 (ms) | p95 (ms) | p99 (ms) |',
    '| :------- | -------: | -------: | -------: |',
    '| baseline |    0.080 |    0.200 |    0.900 |',
  ])
  t.regex(markdown, /## Response\n\nResponse is corrected: [^\n]+\(coordinated omission\)[^\n]+ Latency, above, is raw/)
  t.notRegex(markdown, /interval 0/)
})

test('at interval 0 there is no response, and the reason why', (t) => {
  const flatOut = measured({ scenario: 'flat-out' }, { prodIntervalUs: 0 })
  const alone = toMarkdown([flatOut], { name: 't000' })
  t.regex(alone, /## Response\n\nAt interval 0 no item is due at a time, so there is no response\.\n/)
  t.deepEqual(table(alone, '## Response'), [])
  const beside = toMarkdown([measured(), flatOut], { name: 't000' })
  t.is(table(beside, '## Response').length, 3)
  t.regex(beside, /At interval 0 no item is due/)
})

test('the timer slack of the threads is told as they read it, and what they could not', (t) => {
  const thread = (timer_slack_ns: number | { unavailable: string }) => ({ pid: 1, tid: 2, timer_slack_ns })
  const record = measured({ threads: { producer: thread(1), consumer: thread({ unavailable: 'no /proc' }) } })
  const other = measured({ replicate: 2, threads: { producer: thread(50_000), consumer: thread(1) } })
  t.regex(
    toMarkdown([record, other], { name: 't000' }),
    /Timer slack, .*: producer 1 ns, 50000 ns; consumer unavailable \(no \/proc\), 1 ns\./,
  )
  t.regex(toMarkdown([measured()], { name: 't000' }), /producer not stored; consumer not stored/)
})

test('medians over replicates, with their range', (t) => {
  const replicates = [60_000, 71_000, 55_000].map((p50) => measured({ collectors: withLatency(latency(p50)) }))
  t.regex(table(toMarkdown(replicates, { name: 't000' }))[2] as string, /^\| baseline \| 0\.060 \(0\.055–0\.071\) \|/)
})

test('several queues get a column', (t) => {
  const rows = table(toMarkdown([measured(), measured({ queue: 'sab-mutex' })], { name: 't000' }))
  t.regex(rows[0] as string, /^\| scenario \| queue {5}\|/)
  t.regex(rows[3] as string, /^\| baseline \| sab-mutex \|/)
})

test('scenarios are in the order of the plan, whatever the order of measurement', (t) => {
  const cells = { 'queue-cap-64': 3, 'queue-cap-8': 2, baseline: 1 }
  const records = Object.entries(cells).map(([scenario, cell]) => measured({ scenario, cell }))
  const names = table(toMarkdown(records, { name: 't000' })).map((line) => line.split('|')[1]?.trim())
  t.deepEqual(names.slice(2), ['baseline', 'queue-cap-8', 'queue-cap-64'])
})

test('a failed scenario shows its code in the table and its message below', (t) => {
  const markdown = toMarkdown([measured(), failed({ scenario: 'stuck' })], { name: 't000' })
  t.regex(table(markdown)[3] as string, /^\| stuck {4}\| failed: ERR_PLUGIN_HUNG \|/)
  t.true(
    markdown.includes(
      '## Failed\n\n- `stuck` on `sab`, replicate 1: ERR_PLUGIN_HUNG: \\[spsc\\] \\[driver\\] consumer did not stop\n',
    ),
  )
})

test('one failed replicate of several is listed and left out of the medians', (t) => {
  const markdown = toMarkdown([measured(), failed({ replicate: 2 })], { name: 't000' })
  t.regex(table(markdown)[2] as string, /^\| baseline \| {4}0\.060 \|/)
  t.regex(markdown, /## Failed\n\n- `baseline` on `sab`, replicate 2: /)
})

test('a latency that was not measured says why', (t) => {
  const collectors = { histogram: { latency: { unavailable: 'no item was sampled' }, dropped: 0 } }
  const markdown = toMarkdown([measured({ collectors })], { name: 't000' })
  t.regex(table(markdown)[2] as string, /^\| baseline \| unavailable \|/)
  t.regex(markdown, /## Not measured\n\n- `baseline` on `sab`, replicate 1: latency unavailable: no item was sampled\n/)
})

test('a warning is listed once, with its count', (t) => {
  const warned = measured({ warnings: ['rate missed'] })
  const markdown = toMarkdown([warned, { ...warned, replicate: 2 }], { name: 't000' })
  t.regex(markdown, /## Warnings\n\n- rate missed \(2 times\)\n/)
})

test('skipped lines are a warning', (t) => {
  t.regex(
    toMarkdown([measured()], { name: 't000', skipped: [2, 5] }),
    /skipped, since they are no record: 2 \(number 2, 5\)/,
  )
})

test('hostile names and messages are shown literally', (t) => {
  const scenario = 'a|b`c`\n# d\u001b[31m<img src=x>'
  const warnings = ['see [this](http://x) **now**']
  const markdown = toMarkdown([measured({ scenario, warnings }), failed({ scenario: 'x`y' })], { name: 't_0' })
  const rows = table(markdown, '# t_0 — Results')
  t.is(rows.length, 4)
  t.regex(rows[2] as string, /^\| a\\\|b\\`c\\` \\# d\\<img src=x\\> \|/)
  t.true(markdown.includes('- see \\[this\\](http://x) \\*\\*now\\*\\*\n'))
  t.true(markdown.includes('- `` x`y `` on `sab`'))
  t.false(markdown.includes('\u001b'))
})

test('goal, scenarios and metrics come first: what was measured, and each setting that is no default once', (t) => {
  const both = [measured({}, { duration: 2 }), measured({ scenario: 'affinity' }, { duration: 2, pinConsumer: 'last' })]
  const [head = ''] = toMarkdown(both, { name: 't000' }).split('\n|')
  t.regex(head, /\*\*Goal\*\*: [^\n]*: 2 scenarios × 1 queue \(`sab`\) × 1 replicate\.\n/)
  t.true(head.includes('**Scenarios**: `baseline`, `affinity` (`--pin-consumer last`); all with `--duration 2`.\n'))
  t.regex(head, /\*\*Metrics\*\*: latency \(push to pop: /)
})

test('settings that some scenario leaves alone stand once, under the method', (t) => {
  const markdown = toMarkdown([measured({}, { duration: 2 }), affinity], { name: 't000' })
  t.regex(markdown, /- Settings, where a scenario has no other: `--duration 10 --warmup 0\.5 --prod-interval-us 1000 /)
  t.is(markdown.match(/--pin-consumer none/g)?.length, 1)
  t.is(markdown.match(/--duration 2/g)?.length, 1)
})

test('the seed and the CSV are named', (t) => {
  const markdown = toMarkdown([measured()], { name: 't000' })
  for (const text of ['# t000 — Results\n', '> See `t000_metrics.csv`', '- Seed: 42.\n']) {
    t.true(markdown.includes(text), text)
  }
})

test('pictures stand under Plots with what they show, and a name leads nowhere else', (t) => {
  const pictures = [{ file: '../a](http://x).png', alt: 'Latency [of] <b>' }]
  const markdown = toMarkdown([measured()], { name: 't000', pictures })
  t.true(markdown.includes('## Plots\n\n![Latency \\[of\\] \\<b\\>](..%2Fa%5D(http%3A%2F%2Fx).png)\n'))
  t.false(toMarkdown([measured()], { name: 't000' }).includes('## Plots'))
})

test('an empty run says so', (t) => {
  t.is(
    toMarkdown([], { name: 't000' }),
    '# t000 — Results\n\nNo replicate is stored.\n\n> See `t000_metrics.csv` for every replicate.\n',
  )
})
