import { WINDOW_FIGURES } from '../window-figures.js'
import { escapeHtml } from './escape.js'
import { lookOf, shapePath } from './looks.js'
import type { ChartData } from './page-data.js'

export type ChartName = 'percentiles' | 'latency' | 'throughput' | 'drop' | 'time' | 'order'

interface Frame {
  readonly name: ChartName
  readonly title: string
  readonly caption: string
  /** Controls beside the reset of the zoom: name, text, and whether it is on at first. */
  readonly switches: readonly (readonly [name: string, text: string, isOn: boolean])[]
  /** One figure of several that is shown: what it is called, the figures, and which one at first. */
  readonly choice?: readonly [label: string, options: readonly string[], selected: string]
  /** Pixels, known here so that nothing moves when the script draws. */
  readonly height: number
}

/** Lines that a chart draws beside the medians before they hide them. */
const FEW_LINES = 24
const AXIS_HEIGHT = 56

/** Those that have something to show. */
function framesOf({ cells }: ChartData): readonly Frame[] {
  const replicates = cells.flatMap((cell) => cell.replicates)
  const hasCurves = cells.some(({ curve }) => curve.length > 0)
  const hasLatency = replicates.some(({ p99 }) => p99 !== undefined)
  const rowsHeight = (each: number) => AXIS_HEIGHT + 16 + each * Math.max(1, cells.length)
  const windows = cells.flatMap(({ course }) => course)
  const hasDropsInTime = windows.some(([, , , , dropped]) => dropped > 0)
  const hasDrops = replicates.some(({ drop = 0 }) => drop > 0)
  const frames: readonly Frame[] = [
    {
      name: 'percentiles',
      title: 'Latency by percentile',
      caption:
        'Push to pop, of delivered items; thick: the median over replicates. A stretched tail gives each further nine of the percentile the same room.',
      switches: [
        ['log', 'log latency', true],
        ['stretched', 'stretched tail', true],
        ['each', 'each replicate', replicates.length <= FEW_LINES],
      ],
      height: 380,
    },
    {
      name: 'latency',
      title: 'Latency by scenario',
      caption: 'Circle p50, square p95, triangle p99: hollow for each replicate, filled for their median.',
      switches: [['log', 'log latency', true]],
      height: rowsHeight(54),
    },
    {
      name: 'throughput',
      title: 'Throughput',
      caption: 'Delivered items per wall second: hollow for each replicate, filled for their median.',
      switches: [['log', 'log axis', false]],
      height: rowsHeight(32),
    },
    {
      name: 'drop',
      title: 'Drop rate',
      caption: `Dropped / offered: hollow for each replicate, filled for their median.${hasDrops ? '' : ' No item was dropped.'}`,
      switches: [['log', 'log axis', false]],
      height: rowsHeight(32),
    },
    {
      name: 'time',
      title: 'Latency over time',
      caption: `Push to pop, of the sampled items of each second or longer stretch; thick: the median over replicates. ${hasDropsInTime ? 'A cross at the bottom: items were dropped.' : 'No sampled item was dropped.'}`,
      switches: [
        ['log', 'log latency', true],
        ['each', 'each replicate', replicates.length <= FEW_LINES],
      ],
      choice: ['figure', WINDOW_FIGURES, 'p99'],
      height: 340,
    },
    {
      name: 'order',
      title: 'Latency in the order of measurement',
      caption: 'A drift or a burst of other load shows here as neighbours that rise together, whatever their scenario.',
      switches: [['log', 'log latency', true]],
      choice: ['percentile', ['p50', 'p95', 'p99'], 'p99'],
      height: 340,
    },
  ]
  const isEmpty = {
    percentiles: !hasCurves,
    latency: !hasLatency,
    throughput: false,
    drop: false,
    time: windows.length === 0,
    order: !hasLatency,
  }
  return frames.filter(({ name }) => !isEmpty[name])
}

function choiceHtml([label, options, selected]: NonNullable<Frame['choice']>): string {
  const items = options.map((option) => `<option${option === selected ? ' selected' : ''}>${option}</option>`)
  return `<label>${label} <select data-choice disabled>${items.join('')}</select></label>`
}

function frameHtml({ name, title, caption, switches, choice, height }: Frame): string {
  const buttons = switches.map(
    ([key, text, isOn]) =>
      `<button type="button" data-switch="${key}" aria-pressed="${isOn}" disabled>${text}</button>`,
  )
  return `<figure id="chart-${name}" data-chart="${name}">
<figcaption><h3>${title}</h3><p id="about-${name}">${escapeHtml(caption)}</p></figcaption>
<div class="tools" role="group" aria-label="${title}: drawing">${buttons.join('')}${choice === undefined ? '' : choiceHtml(choice)}<button type="button" data-reset disabled>reset zoom</button></div>
<div class="plot" tabindex="0" role="application" aria-roledescription="chart" aria-label="${title}" aria-describedby="about-${name} keys">
<svg width="100%" height="${height}" aria-hidden="true" focusable="false"></svg>
<p class="tip" aria-live="polite" hidden></p>
</div>
</figure>`
}

function legendHtml({ cells }: ChartData): string {
  const buttons = cells.map(({ label }, cell) => {
    const { color, dash, shape } = lookOf(cell)
    const swatch = `<svg class="${color}" width="30" height="12" viewBox="-15 -6 30 12" aria-hidden="true" focusable="false"><path class="line" d="M-15 0H15" stroke-dasharray="${dash}"/><path class="mark" d="${shapePath(shape)}"/></svg>`
    return `<button type="button" data-cell="${cell}" aria-pressed="true" disabled>${swatch}${escapeHtml(label)}</button>`
  })
  return `<div class="legend" role="group" aria-label="Scenarios shown in the charts">${buttons.join('\n')}</div>`
}

/** The charts' frames, empty until the page's script draws them; nothing where nothing was measured. */
export function figuresHtml(data: ChartData): string {
  if (data.cells.every(({ replicates }) => replicates.length === 0)) return ''
  return `<section aria-labelledby="charts">
<h2 id="charts">Charts</h2>
<noscript><p class="note">The charts are drawn by the page's script, which this browser does not run; the tables hold the same figures.</p></noscript>
<p id="keys">Point at a chart to read its values, drag over a part of it to enlarge that. With the keyboard: arrow keys read one value after another, <kbd>+</kbd> and <kbd>−</kbd> zoom, <kbd>0</kbd> resets. The same figures are in the tables.</p>
${legendHtml(data)}
${framesOf(data).map(frameHtml).join('\n')}
</section>`
}
