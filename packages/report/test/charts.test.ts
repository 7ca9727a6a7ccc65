import type { MeasuredRecord, ResultRecord } from '@spsc/core'
import { drawCharts, toPng } from '@spsc/report/charts'
import test from 'ava'
import { replicates } from './distributions.js'
import { perfStat } from './perf-stats.js'
import { certificate, failed, latency, measured, withLatency } from './records.js'
import { descriptionOf, elementsOf, positionsOf, textsOf, titlesOf } from './svg.js'

function draw(records: readonly ResultRecord[], suffix: string, name = 't000'): string {
  const picture = drawCharts(records, name).find((drawn) => drawn.suffix === suffix)
  if (picture === undefined) throw new Error(`${suffix} was not drawn`)
  return picture.svg
}

const drawn = (records: readonly ResultRecord[]) => drawCharts(records, 't000').map(({ suffix }) => suffix)

test('the same records give the same bytes, as SVG and as PNG', async (t) => {
  const records = [
    ...replicates(7),
    ...replicates(2, { scenario: 'other', cell: 2 }),
    failed({ scenario: 'c', cell: 3 }),
  ]
  const first = drawCharts(records, 't000')
  const second = drawCharts(structuredClone(records), 't000')
  t.deepEqual(first, second)
  for (const [index, { svg }] of first.entries()) {
    t.deepEqual(await toPng(svg), await toPng(second[index]?.svg as string))
  }
})

test('a PNG is twice the size of its SVG, and text shows without fonts of the system', async (t) => {
  const svg = draw([measured()], 'latency')
  const [, width, height] = / width="(\d+)" height="(\d+)"/.exec(svg) as RegExpExecArray
  const png = Buffer.from(await toPng(svg))
  t.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [2 * Number(width), 2 * Number(height)])
  t.notDeepEqual(await toPng(svg.replaceAll('>baseline<', '><')), new Uint8Array(png))
})

test('what is drawn follows from what is stored', (t) => {
  const always = ['latency', 'throughput', 'drop_rate']
  t.deepEqual(drawn([]), [])
  t.deepEqual(drawn([failed()]), always)
  t.deepEqual(drawn([measured()]), [...always, 'offered'])
  t.deepEqual(drawn(replicates(1)), [...always, 'offered', 'percentiles', 'cdf'])
})

test('one replicate is a point without interval, and the caption says so', (t) => {
  const svg = draw([measured()], 'latency')
  t.deepEqual(titlesOf(svg), [
    'Latency — t000',
    'baseline: p50 0.060 ms',
    'baseline: p95 0.122 ms',
    'baseline: p99 0.299 ms',
  ])
  t.true(textsOf(svg).includes('One replicate has no interval: a difference can be chance.'))
  t.true(textsOf(svg).includes('n = 1'))
})

test('below six replicates the range is drawn, and named as that', (t) => {
  const svg = draw(replicates(5), 'latency')
  t.true(titlesOf(svg).includes('baseline: p50 0.150 ms, range 0.050 ms to 0.250 ms, median of 5'))
  t.regex(textsOf(svg).join(' '), /lowest to highest replicate, no confidence interval/)
})

test('from six replicates on the interval is by order statistics, with its coverage', (t) => {
  t.true(
    titlesOf(draw(replicates(6), 'latency')).includes(
      'baseline: p50 0.175 ms, 96.9 % interval 0.050 ms to 0.300 ms, median of 6',
    ),
  )
  const svg = draw(replicates(10), 'latency')
  t.true(titlesOf(svg).includes('baseline: p50 0.275 ms, 97.9 % interval 0.100 ms to 0.450 ms, median of 10'))
  t.regex(textsOf(svg).join(' '), /97\.9 % interval of the median by order statistics/)
})

test('every replicate is a mark of its own, at the place of its value', (t) => {
  const svg = draw(replicates(10), 'latency')
  const values = Array.from({ length: 10 }, (_, index) => (0.099 * (index + 1)).toFixed(3))
  t.deepEqual(
    titlesOf(svg).filter((title) => /replicate.*p99/.test(title)),
    values.map((value, index) => `baseline, replicate ${index + 1}: p99 ${value} ms`),
  )
  // A log axis: each doubling is as far as the one before.
  const [one, two, four] = [1, 2, 4].map((replicate) => positionsOf(svg, `baseline, replicate ${replicate}: p50`)[0])
  const [first, second] = [(two as number) - (one as number), (four as number) - (two as number)]
  t.true(first > 1)
  t.true(Math.abs(first - second) < 0.05, `${first}, ${second}`)
})

test('the axis is logarithmic where values span decades, and says so', (t) => {
  const spread = [60_000, 6_000_000].map((p50, index) =>
    measured({ scenario: `s${index}`, cell: index + 1, collectors: withLatency(latency(p50)) }),
  )
  t.true(textsOf(draw(spread, 'latency')).includes('latency (ms), log axis'))
  const close = measured({ collectors: withLatency(latency(60_000)) })
  t.true(textsOf(draw([close], 'latency')).includes('latency (ms)'))
})

test('a value of 0 has a place on the axis', (t) => {
  const records = [0, 1000].map((p50, index) =>
    measured({ scenario: `s${index}`, cell: index + 1, collectors: withLatency(latency(p50)) }),
  )
  const [zero] = positionsOf(draw(records, 'latency'), 's0: p50 0.000 ms')
  t.is(zero, positionsOf(draw(records, 'drop_rate'), 's0: 0.000')[0])
})

test('throughput and drop rate are those of the records', (t) => {
  const record = measured({ ops_s: 447.2, drop_rate: 0.25 })
  t.true(titlesOf(draw([record], 'throughput')).includes('baseline: 447/s'))
  t.true(titlesOf(draw([record], 'drop_rate')).includes('baseline: 0.250'))
  t.true(textsOf(draw([record], 'throughput')).includes('throughput (items/s)'))
})

test('offered, delivered and planned rates stand beside each other; at interval 0 nothing is planned', (t) => {
  t.deepEqual(titlesOf(draw([measured({ offered_ops_s: 900 })], 'offered')).slice(1), [
    'baseline: planned 1000/s',
    'baseline: offered 900/s',
    'baseline: delivered 447/s',
  ])
  const { planned_ops_s: _, ...saturated } = measured({}, { prodIntervalUs: 0 })
  t.deepEqual(titlesOf(draw([saturated], 'offered')).slice(1), ['baseline: offered 447/s', 'baseline: delivered 447/s'])
})

test('n counts the replicates that have the figure', (t) => {
  const records = [...replicates(2), measured({ replicate: 3, collectors: {} })]
  t.true(textsOf(draw(records, 'latency')).includes('n = 2 of 3'))
  t.true(textsOf(draw(records, 'percentiles')).includes('n = 2 of 3'))
  t.true(textsOf(draw(records, 'throughput')).includes('n = 3'))
})

test('where some cells have an interval, one without says that none is planned', (t) => {
  const { planned_ops_s: _, ...saturated } = measured({ scenario: 'b', cell: 2 }, { prodIntervalUs: 0 })
  t.true(textsOf(draw([measured(), saturated], 'offered')).includes('planned none: as fast as possible'))
})

test('values near each other fill the axis only where their spread is drawn too, and it says so', (t) => {
  const rates = [447, 449]
  const cells = rates.map((ops_s, index) => measured({ ops_s, scenario: `s${index}`, cell: index + 1 }))
  t.true(textsOf(draw(cells, 'throughput')).includes('throughput (items/s)'))
  const again = rates.map((ops_s, index) => measured({ ops_s, replicate: index + 1 }))
  t.true(textsOf(draw(again, 'throughput')).includes('throughput (items/s), axis not from 0'))
})

test('a cell that failed or was not measured keeps its row and says why', (t) => {
  const records = [
    measured(),
    failed({ scenario: 'stuck', cell: 2 }),
    measured({ scenario: 'blind', cell: 3, collectors: {} }),
    ...replicates(2, { scenario: 'half', cell: 4 }),
    failed({ scenario: 'half', cell: 4, replicate: 3 }),
  ]
  const texts = textsOf(draw(records, 'latency'))
  for (const text of ['stuck', 'failed: ERR_PLUGIN_HUNG', 'n = 0 of 1', 'blind', 'unavailable', 'n = 2 of 3']) {
    t.true(texts.includes(text), text)
  }
  t.regex(descriptionOf(draw(records, 'latency')), /stuck: failed: ERR_PLUGIN_HUNG \(n = 0 of 1\)\. blind: unavailable/)
})

test('a run of which nothing was measured draws its rows and no scale', (t) => {
  const texts = textsOf(draw([failed()], 'latency'))
  t.true(texts.includes('Nothing was measured that could be drawn.'))
  t.false(texts.includes('0'))
})

test('replicates whose rate was missed are counted as invalid', (t) => {
  t.true(textsOf(draw([measured({ invalid: 'rate missed' })], 'latency')).includes('n = 1, 1 invalid'))
})

test('hostile names are text and nothing else, in every chart and format', async (t) => {
  const names = [
    '<script>alert(1)</script><image href="http://x/"/>',
    '"><svg onload=alert(1)> & &amp; \'',
    '\u001b[31mred\u001b[0m\u202e ../../etc/passwd',
    '\ud800 half \ufffe',
    '名前'.repeat(100),
    'x'.repeat(10_000),
    '',
  ]
  const records = names.flatMap((scenario, index) => replicates(2, { scenario, queue: '</text>', cell: index + 1 }))
  const pictures = drawCharts(records, '</title><script>')
  t.true(pictures.length >= 7)
  for (const { svg } of pictures) {
    const allowed = ['svg', 'title', 'desc', 'rect', 'text', 'tspan', 'g', 'path', 'line', 'circle', 'clipPath', 'use']
    t.deepEqual(
      [...new Set(elementsOf(svg))].filter((element) => !allowed.includes(element)),
      [],
    )
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is what is tested
    t.notRegex(svg, /[\u0000-\u0009\u000b-\u001f\u202e\ufffe]|\p{Surrogate}/u)
    t.true((await toPng(svg)).length > 0)
  }
})

test('a long name is cut in its middle; two that then read the same are numbered', (t) => {
  const scenarios = ['a', 'b'].map((letter) => `begin${'x'.repeat(200)}${letter}${'x'.repeat(200)}end`)
  const records = scenarios.map((scenario, index) => measured({ scenario, cell: index + 1 }))
  const texts = textsOf(draw(records, 'throughput')).join('')
  t.regex(texts, /#1 beginx+….*end.*#2 beginx+….*end/)
})

test('a run of more rows than a picture holds says how many are left out', (t) => {
  const records = Array.from({ length: 103 }, (_, index) => measured({ scenario: `s${index}`, cell: index + 1 }))
  t.regex(textsOf(draw(records, 'latency')).join(' '), /The first 100 of 103 rows; the others are in the CSV\./)
})

test('a picture has a role, a title and a description, and fetches nothing', (t) => {
  for (const { svg, alt } of drawCharts(replicates(2), 't000')) {
    t.regex(
      svg,
      /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" role="img" [^>]*>\n<title>[^<]+<\/title>\n<desc>[^<]+</,
    )
    t.notRegex(svg.replace('http://www.w3.org/2000/svg', ''), /href|url\(|@import|https?:|<style/)
    t.true(alt.length > 10)
  }
})

test('the curve over percentiles and the distribution agree with the stored percentiles', (t) => {
  const svg = draw(replicates(1), 'percentiles')
  t.is(descriptionOf(svg), 'baseline: p50 0.050 ms, p90 0.090 ms, p99 0.099 ms.')
  t.is(
    descriptionOf(draw(replicates(1), 'cdf')),
    'baseline: 25 % within 0.025 ms, 50 % within 0.050 ms, 75 % within 0.075 ms.',
  )
  t.is(descriptionOf(draw(replicates(3), 'percentiles')), 'baseline: p50 0.100 ms, p90 0.180 ms, p99 0.198 ms.')
})

/** A replicate whose p50 lies below the floor of 1 µs where `p50` does. */
function floored(p50: number, changes: Partial<MeasuredRecord> = {}) {
  const collectors = withLatency(latency(p50, 50_000, 90_000))
  return measured({ collectors, certificate: certificate({ floor_ns: 1000 }), ...changes })
}

test('a percentile below the floor of its record is drawn hollow at the floor, with < before it', (t) => {
  const svg = draw([floored(100)], 'latency')
  t.deepEqual(titlesOf(svg).slice(1), ['baseline: p95 0.050 ms', 'baseline: p99 0.090 ms', 'baseline: p50 <0.0010 ms'])
  t.deepEqual(positionsOf(svg, 'baseline: p50'), positionsOf(draw([floored(1000)], 'latency'), 'baseline: p50'))
  t.regex(svg, /<g [^>]*fill="white"[^>]*><path[^>]*><title>baseline: p50 /)
  t.true(textsOf(svg).includes('p50 <0.0010 ms'))
  t.regex(descriptionOf(svg), /p50 <0\.0010 ms, p95 0\.050 ms/)
  t.regex(textsOf(svg).join(' '), /<: below what this run could measure; see the certificate in the report\./)
})

test('replicates below the floor are < and not a tick; the median above them is exact', (t) => {
  const records = [100, 5000, 6000].map((p50, index) => floored(p50, { replicate: index + 1 }))
  const svg = draw(records, 'latency')
  t.true(titlesOf(svg).includes('baseline: p50 0.0050 ms, range <0.0010 ms to 0.0060 ms, median of 3'))
  t.regex(svg, /<text[^>]*>&lt;<title>baseline, replicate 1: p50 &lt;0\.0010 ms<\/title>/)
})

test('a p99 below the floor is a bound in the heat map and among the trade-offs too', (t) => {
  const records = [8, 64].flatMap((queueCap, row) =>
    [0, 1000].map((prodIntervalUs, column) =>
      measured(
        {
          ...{ scenario: `s prod-interval-us=${prodIntervalUs} queue-cap=${queueCap}`, cell: 2 * row + column + 1 },
          ...{ collectors: withLatency(latency(100)), certificate: certificate({ floor_ns: 1000 }) },
        },
        { queueCap, prodIntervalUs },
      ),
    ),
  )
  t.is(titlesOf(draw(records, 'heatmap'))[1], 'capacity 8, interval 0 µs: p99 <0.0010 ms, n = 1')
  t.regex(titlesOf(draw(records, 'pareto'))[1] as string, /p99 <0\.0010 ms/)
})

test('a curve for each replicate and one for their median', (t) => {
  const titles = titlesOf(draw(replicates(3), 'percentiles'))
  t.deepEqual(
    titles.slice(1),
    [1, 2, 3].map((replicate) => `baseline, replicate ${replicate}`).concat('baseline: median'),
  )
})

test('capacity and interval make a grid only where both vary', (t) => {
  const sweep = (queueCaps: number[], intervals: number[]) =>
    queueCaps
      .flatMap((queueCap) => intervals.map((prodIntervalUs) => ({ queueCap, prodIntervalUs })))
      .map((config, index) =>
        measured(
          {
            scenario: `baseline prod-interval-us=${config.prodIntervalUs} queue-cap=${config.queueCap}`,
            cell: index + 1,
            collectors: withLatency(latency(1000 * (index + 1))),
          },
          config,
        ),
      )
  t.false(drawn(sweep([8, 64], [1000])).includes('heatmap'))
  t.false(drawn(sweep([8], [0, 1000])).includes('heatmap'))
  const svg = draw(sweep([8, 64], [0, 1000]), 'heatmap')
  t.deepEqual(titlesOf(svg).slice(1), [
    'capacity 8, interval 0 µs: p99 0.0050 ms, n = 1',
    'capacity 8, interval 1000 µs: p99 0.010 ms, n = 1',
    'capacity 64, interval 0 µs: p99 0.015 ms, n = 1',
    'capacity 64, interval 1000 µs: p99 0.020 ms, n = 1',
  ])
  t.true(textsOf(svg).includes('baseline'))
  const withFailure = [
    ...sweep([8, 64], [0, 1000]).slice(1),
    failed({ cell: 5, config: { ...measured().config, queueCap: 8, prodIntervalUs: 0 } }),
  ]
  t.true(textsOf(draw(withFailure, 'heatmap')).includes('failed'))
})

test('the front holds what no other cell beats in p99, throughput and drop rate at once', (t) => {
  const cell = (scenario: string, p99: number, ops_s: number, drop_rate: number) =>
    measured({ scenario, collectors: withLatency(latency(p99 / 5)), ops_s, drop_rate })
  const records = [
    cell('fast', 100_000, 100, 0),
    cell('busy', 900_000, 900, 0),
    cell('worse', 900_000, 800, 0),
    cell('lossy', 50_000, 100, 0.5),
  ].map((record, index) => ({ ...record, cell: index + 1 }))
  t.regex(descriptionOf(draw(records, 'pareto')), /^Beaten by no other: fast, busy, lossy\. /)
  t.false(drawn(records.slice(0, 2)).includes('pareto'))
  t.true(
    textsOf(draw([...records, failed({ scenario: 'stuck', cell: 5 })], 'pareto')).includes('failed: ERR_PLUGIN_HUNG'),
  )
})

test('CPU time an item counts in the trade-off where one collector has it of every cell, else it is unavailable', (t) => {
  const cell = (number: number, cpuMs: number | undefined) =>
    measured({
      scenario: `s${number}`,
      cell: number,
      delivered: 1000,
      collectors: {
        ...withLatency(latency(10_000 * number)),
        ...(cpuMs !== undefined && { 'perf-stat': perfStat({ 'task-clock': cpuMs }) }),
      },
    })
  // Slower than the first in all else, and cheaper.
  const counted = [cell(1, 40), cell(2, 20), cell(3, 30)]
  const svg = draw(counted, 'pareto')
  t.regex(descriptionOf(svg), /^Beaten by no other: s1, s2\. /)
  t.true(textsOf(svg).some((text) => text.endsWith(', CPU 20.00 µs')))
  t.regex(textsOf(svg).join(' '), /for each delivered item, by perf-stat\./)
  for (const missing of [[cell(1, 40), cell(2, 20), cell(3, undefined)], [1, 2, 3].map((n) => cell(n, undefined))]) {
    const without = draw(missing, 'pareto')
    t.regex(descriptionOf(without), /^Beaten by no other: s1\. /)
    t.notRegex(textsOf(without).join(' '), /CPU \d/)
    t.regex(textsOf(without).join(' '), /CPU-seconds per item: unavailable, neither sched nor perf-stat/)
  }
})
