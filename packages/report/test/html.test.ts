import { createHash } from 'node:crypto'
import { toCsv, toHtml } from '@spsc/report'
import test from 'ava'
import { certificate, failed, latency, measured, withLatency } from './records.js'

const HOSTILE = [
  '</script><script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '" onmouseover="alert(1)',
  "'--><svg/onload=alert(1)>",
  '\u001b[31mred\u001b[0m\u001b]8;;http://x\u0007',
  '../../../etc/passwd',
  'line\u2028separator\u2029and\nfeed',
  '**bold** `code` [link](http://x) | cell',
  '=1+1',
]

/** What a browser shows of a part of the page. */
function textOf(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&(lt|gt|quot|amp|#39);/g, (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name as 'lt'] ?? "'")
}

function tagsOf(html: string): readonly string[] {
  return [...new Set(html.match(/(?<=<)[a-z0-9]+/g))].sort()
}

/** The content of every element of a kind. */
function contents(html: string, tag: string): readonly string[] {
  return [...html.matchAll(new RegExp(`<${tag}(?: [^>]*)?>([^]*?)</${tag}>`, 'g'))].map(
    ([, content]) => content as string,
  )
}

const embedded = (html: string) => JSON.parse(contents(html, 'script')[0] as string)

test('the table has the figures of the Markdown report, each with its range', (t) => {
  const records = [1, 2, 3].map((replicate) =>
    measured({ replicate, collectors: withLatency(latency(replicate * 10_000)) }),
  )
  const [table = ''] = contents(toHtml(records, { name: 't000' }), 'tbody')
  t.is(contents(table, 'th')[0], 'baseline')
  t.deepEqual(contents(table, 'td').map(textOf), [
    '0.020 (0.010–0.030)',
    '0.040 (0.020–0.060)',
    '0.100 (0.050–0.150)',
    '447 (447–447)',
    '0.000 (0.000–0.000)',
  ])
})

test('every section of the Markdown report is a section of the page, and headings descend one by one', (t) => {
  const records = [measured({ certificate: certificate(), warnings: ['rate missed'] }), failed({ scenario: 'stuck' })]
  const html = toHtml(records, { name: 't000' })
  t.deepEqual(contents(html, 'h2'), [
    'Charts',
    'Response',
    'What was offered',
    'Failed',
    'Warnings',
    'Takeaways',
    'Next steps',
    'How it was measured',
    'Certificate',
    'Every replicate',
    'Raw data',
  ])
  const levels = [...html.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level))
  t.is(levels[0], 1)
  t.true(levels.every((level, index) => level - (levels[index - 1] ?? 0) <= 1))
  t.deepEqual(contents(html, 'summary'), [
    'What the instruments were good for',
    'Figures of every replicate, as in the CSV',
  ])
})

test('hostile names and messages are text, wherever they stand', (t) => {
  const plain = toHtml([measured({ warnings: ['a'] }), measured({ scenario: 'b' }), failed({ scenario: 'c' })], {
    name: 'plain',
    manifest: { command: 'spsc' },
  })
  for (const hostile of HOSTILE) {
    const records = [
      measured({ scenario: hostile, queue: hostile, warnings: [hostile] }),
      measured({ scenario: `${hostile}2`, collectors: { histogram: { unavailable: hostile } } }),
      failed({ scenario: `${hostile}3`, error: { code: 'ERR_OPTION', message: hostile } }),
    ]
    const html = toHtml(records, { name: hostile, manifest: { command: hostile, machine: { cpu_model: hostile } } })
    const known = [...tagsOf(plain), 'code', 'strong']
    t.deepEqual(
      tagsOf(html).filter((tag) => !known.includes(tag)),
      [],
      hostile,
    )
    t.notRegex(html, /<[a-z0-9]+[^>]* on[a-z]+=/, hostile)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what no page may hold
    t.notRegex(html, /[\u0000-\u0009\u000b-\u001f\u007f\u2028\u2029]/, hostile)
    t.is(html.match(/<\/?script/g)?.length, 4, hostile)
    t.is(embedded(html).name, hostile)
    const shown = contents(contents(html, 'tbody')[0] as string, 'th').map(textOf)
    t.is(shown.length, 3, hostile)
  }
})

test('a hostile name reads as it is, but for what a terminal or a line would take from it', (t) => {
  const html = toHtml([measured({ scenario: HOSTILE[0] as string }), measured({ scenario: HOSTILE[7] as string })], {
    name: 't000',
  })
  t.deepEqual(contents(contents(html, 'tbody')[0] as string, 'th').map(textOf), [HOSTILE[0], HOSTILE[7]])
})

test('nothing but this page’s own script and style is allowed, and nothing is fetched', (t) => {
  const html = toHtml([measured()], { name: 't000' })
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
  const hashes = [contents(html, 'script')[1], contents(html, 'style')[0]].map((text) =>
    createHash('sha256')
      .update(text as string)
      .digest('base64'),
  )
  t.true(policy.includes("default-src 'none'; "))
  t.true(policy.includes("connect-src 'none'"))
  t.true(policy.includes(`script-src 'sha256-${hashes[0]}'; style-src 'sha256-${hashes[1]}'`))
  t.notRegex(policy, /unsafe|https?:|\*/)
  t.deepEqual(html.match(/(?<= (?:src|href)=")[^"]*/g), ['data:,'])
  t.notRegex(html, / style="/)
})

test('the same records give the same bytes', (t) => {
  const page = () => toHtml([measured({ certificate: certificate() }), failed()], { name: 't000', skipped: [3] })
  t.is(page(), page())
})

test('an empty run has a page too', (t) => {
  const html = toHtml([], { name: 't000' })
  t.regex(html, /No replicate is stored\./)
  t.notRegex(html, /<figure/)
})

test('a run that failed throughout has no charts, and its errors', (t) => {
  const html = toHtml([failed()], { name: 't000' })
  t.notRegex(html, /<figure/)
  t.regex(html, /ERR_PLUGIN_HUNG: \[spsc\] \[driver\] consumer did not stop/)
})

test('what is below the floor reads so', (t) => {
  const records = [measured({ certificate: certificate(), collectors: withLatency(latency(100)) })]
  t.regex(toHtml(records, { name: 't000' }), /<td class="number">&lt;0\.00019<\/td>/)
})

test('the table of replicates has the cells of the CSV', (t) => {
  const records = [measured(), measured({ replicate: 2, collectors: {} }), failed({ replicate: 3 })]
  const html = toHtml(records, { name: 't000' })
  const table = contents(html, 'table').at(-1) as string
  const [header = '', ...rows] = toCsv(records).trimEnd().split('\n')
  const columns = contents(contents(table, 'thead')[0] as string, 'th')
  t.deepEqual(columns, header.split(',').slice(0, columns.length))
  const shown = contents(contents(table, 'tbody')[0] as string, 'tr').map((row) =>
    [...row.matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, cell]) => cell),
  )
  t.deepEqual(
    shown,
    rows.map((row) => row.split(',').slice(0, columns.length)),
  )
})

/** Buckets as a wide distribution of many items has them: 128 to an octave. */
function wide(n: number, shift: number): ReturnType<typeof latency> {
  const buckets: [number, number, number][] = []
  for (let octave = 13; octave < 24; octave++) {
    const width = 2 ** (octave - 7)
    for (let step = 0; step < 128; step++) {
      const lowest = 2 ** octave + step * width
      const count = 1 + Math.floor((n / 1408) * (1 + Math.sin((octave * 128 + step) * shift)))
      buckets.push([lowest, width, count])
    }
  }
  const items = buckets.reduce((sum, [, , count]) => sum + count, 0)
  return { ...latency(60_000), n: items, min_ns: 8192, max_ns: 16_777_215, buckets }
}

test('twelve scenarios of ten replicates, a million items in each scenario, are less than 1.5 MB', (t) => {
  const records = Array.from({ length: 120 }, (_, index) =>
    measured({
      scenario: `scenario-${index % 12}`,
      cell: (index % 12) + 1,
      replicate: Math.floor(index / 12) + 1,
      order: index + 1,
      certificate: certificate(),
      collectors: withLatency(wide(100_000, 1 + index / 7)),
    }),
  )
  const bytes = Buffer.byteLength(toHtml(records, { name: 't000' }))
  t.true(bytes < 1_500_000, `${bytes} bytes`)
})

test('a chart that has nothing to show is left out', (t) => {
  const charts = (collectors: ReturnType<typeof withLatency>) =>
    [...toHtml([measured({ collectors })], { name: 't000' }).matchAll(/data-chart="(\w+)"/g)].map(([, name]) => name)
  t.deepEqual(charts({}), ['throughput', 'drop'])
  t.deepEqual(charts(withLatency(latency(60_000))), ['latency', 'throughput', 'drop', 'order'])
  t.deepEqual(charts(withLatency(wide(1000, 1))), ['percentiles', 'latency', 'throughput', 'drop', 'order'])
})

test('the ledger is bars of shares of its totals, and its table', (t) => {
  const mean_ns = { p_late: 30_000, p_own: 5000, c_wake: 10_000 }
  const view = (mean_total_ns: number) => ({ n: 20, mean_total_ns, mean_ns })
  const ledger = {
    total: 'due to done',
    items: 100,
    sums: { items: 100, mismatches: 0 },
    segments: {},
    holds: {},
    median_band: view(45_000),
    worst: view(60_000),
  }
  const html = toHtml([measured({ collectors: { ledger } })], { name: 't000' })
  const [bars = ''] = /<ul class="bars">[\s\S]*?<\/ul>/.exec(html) ?? []
  const [band = '', worst = ''] = contents(bars, 'li')
  t.deepEqual(contents(band, 'title'), ['p_late: 66.7 %', 'p_own: 11.1 %', 'c_wake: 22.2 %'])
  t.deepEqual(contents(worst, 'title'), ['p_late: 50.0 %', 'p_own: 8.3 %', 'c_wake: 16.7 %'])
  t.deepEqual(contents(bars, 'span'), ['baseline, median band', '0.045 ms', 'baseline, worst 1 %', '0.060 ms'])
  t.regex(html, /<details><summary>The ledger in figures<\/summary>\n<p>What items spent/)
})
