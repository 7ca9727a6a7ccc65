import type { HistogramData, LatencyWindow } from '@spsc/core'
import { toHtml, toMarkdown } from '@spsc/report'
import { drawCharts } from '@spsc/report/charts'
import test from 'ava'
import { certificate, latency, measured, withLatency } from './records.js'
import { itemsOf } from './sections.js'
import { descriptionOf, textsOf, titlesOf } from './svg.js'

const nothing = { unavailable: 'no sampled item of this window was delivered' }

/** A second with this p50 in milliseconds, or one in which nothing was delivered. */
function second(start_s: number, ms: number | undefined, dropped = 0): LatencyWindow {
  const ns = (ms ?? 0) * 1e6
  const figures = ms === undefined ? nothing : { n: 10, p50_ns: ns, p99_ns: 2 * ns, max_ns: 4 * ns }
  return { start_s, latency: figures, response: figures, dropped }
}

function withWindows(windows: unknown, window_s = 1) {
  const { histogram } = withLatency(latency(60_000)) as { histogram: HistogramData }
  return { histogram: { ...histogram, window_s, windows } }
}

function pictureOf(records: Parameters<typeof drawCharts>[0]): string | undefined {
  return drawCharts(records, 't000').find(({ suffix }) => suffix === 'over_time')?.svg
}

/** What the page's chart draws, cell by cell. */
function dataOf(records: Parameters<typeof toHtml>[0]) {
  const [, json = ''] = /<script type="application\/json" id="data">([^<]*)</.exec(toHtml(records, { name: 't' })) ?? []
  return JSON.parse(json).cells
}

test('every second of every replicate is drawn, and their median', (t) => {
  const records = [1, 3].map((factor, index) =>
    measured({ replicate: index + 1, collectors: withWindows([second(0, factor), second(1, 2 * factor)]) }),
  )
  const svg = pictureOf(records) as string
  const titles = titlesOf(svg)
  for (const figure of ['p50', 'p99', 'max']) {
    t.true(titles.includes(`baseline, replicate 1: ${figure}`))
    t.true(titles.includes(`baseline, replicate 2: ${figure}`))
    t.true(titles.includes(`baseline: ${figure}, median`))
    t.true(textsOf(svg).includes(figure))
  }
  t.true(titles.includes('baseline, at 0.5 s: p50 2.000 ms'))
  t.true(titles.includes('baseline, at 1.5 s: max 16.000 ms'))
  t.is(
    descriptionOf(svg),
    'baseline: p50 2.000 to 4.000 ms, p99 4.000 to 8.000 ms, max 8.000 to 16.000 ms, nothing dropped.',
  )
})

test('where items were dropped there is a bar, also where none was delivered', (t) => {
  const svg = pictureOf([
    measured({ collectors: withWindows([second(0, 1), second(1, 1, 30), second(2, undefined, 7)]) }),
  ]) as string
  t.deepEqual(
    titlesOf(svg).filter((title) => title.includes('dropped')),
    [
      'baseline, at 1.5 s: 30 of 40 sampled items dropped, 0.750',
      'baseline, at 2.5 s: 7 of 7 sampled items dropped, 1.000',
    ],
  )
  t.regex(textsOf(svg).join(' '), /Bars from below: share of the sampled items that were dropped/)
  t.regex(descriptionOf(svg), /items dropped in 2 windows/)
})

test('what lies below the floor of its replicate stands at the floor, and it is said', (t) => {
  const svg = pictureOf([
    measured({ certificate: certificate({ floor_ns: 5e6 }), collectors: withWindows([second(0, 1)]) }),
  ]) as string
  t.true(titlesOf(svg).includes('baseline, at 0.5 s: p50 5.000 ms'))
  t.regex(textsOf(svg).join(' '), /below the floor of its replicate stands at the floor/)
})

test('of more seconds than there is room for the slowest are drawn, and what all dropped', (t) => {
  const windows = Array.from({ length: 300 }, (_, start) => second(start, start === 7 ? 50 : 1, start < 3 ? 1 : 0))
  const records = [measured({ collectors: withWindows(windows) })]
  t.regex(textsOf(pictureOf(records) as string).join(' '), /Of every 3 windows the one with the largest maximum/)
  const [{ course }] = dataOf(records)
  t.is(course.length, 100)
  t.deepEqual(course[0], [1.5, 1, 2, 4, 3, 33])
  t.deepEqual(course[2], [7.5, 50, 100, 200, 0, 30])
})

test('the page draws the same windows', (t) => {
  const [{ course, replicates }] = dataOf(
    [1, 3].map((factor, index) =>
      measured({
        replicate: index + 1,
        order: index + 1,
        collectors: withWindows([second(0, factor, 1), second(1, undefined, 2)]),
      }),
    ),
  )
  t.deepEqual(course, [
    [0.5, 2, 4, 8, 2, 22],
    [1.5, null, null, null, 4, 4],
  ])
  t.deepEqual(replicates[1].course[0], [0.5, 3, 6, 12, 1, 11])
})

test('records of earlier versions have no such picture, and the report says why', (t) => {
  const { histogram } = withLatency(latency(60_000)) as { histogram: HistogramData }
  const { window_s: _, windows: __, ...before } = histogram
  const records = [measured({ collectors: { histogram: before } }), measured({ replicate: 2 })]
  t.is(pictureOf(records), undefined)
  t.notRegex(toHtml(records, { name: 't000' }), /data-chart="time"/)
  t.deepEqual(itemsOf(toMarkdown(records, { name: 't000' }), 'Not measured'), [
    'latency over time, 1 of 2 replicates: no figures by the second are stored; records of earlier versions have none',
  ])
})

test('damaged windows are not believed', (t) => {
  for (const windows of [
    'many',
    [null],
    [{ start_s: 0, dropped: 0, latency: { n: 1 } }],
    [{ ...second(0, 1), start_s: '0' }],
  ]) {
    const records = [measured({ collectors: withWindows(windows) })]
    t.is(pictureOf(records), undefined)
    t.notThrows(() => toHtml(records, { name: 't000' }))
  }
})
