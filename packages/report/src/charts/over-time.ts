import * as Plot from '@observablehq/plot'
import { cellsOf } from '../cells.js'
import { fixed, proportion } from '../format.js'
import { WINDOW_FIGURES, type WindowFigure } from '../window-figures.js'
import { type Course, coursesOf, togetherOf, type Window } from '../windows.js'
import { drawnCells } from './cell-labels.js'
import { COLORS, PAPER } from './palette.js'
import { drawPanels, panelNames } from './panels.js'
import type { Chart } from './picture.js'
import { linearTicks, type Scale, scaleOf, tickText, valueAt } from './scale.js'

/** Dashes tell what colours tell; names stand at places of their own, so that none covers another. */
const LOOKS = {
  max: { stroke: COLORS.grey, strokeDasharray: '1.5,2', anchor: 'start' },
  p99: { stroke: COLORS.vermillion, strokeDasharray: '6,2', anchor: 'middle' },
  p50: { stroke: COLORS.blue, strokeDasharray: 'none', anchor: 'end' },
} as const satisfies Record<WindowFigure, object>
const DRAWN = Object.keys(LOOKS) as readonly WindowFigure[]

/** A third of a picture has room for so many. */
const MOST_TICKS = 4
/** Of the panel's height: fewer drops would not be seen. */
const LEAST_BAR = 0.03
/** More lines of replicates are a blur, in which points are nothing but ink. */
const FEW_WINDOWS = 25

interface Point {
  readonly at_s: number
  /** Milliseconds; NaN where there is none, so that the line has a gap. */
  readonly ms: number
}

interface ReplicatePoint extends Point {
  readonly replicate: number
}

function pointsOf(windows: readonly Window[], figure: WindowFigure): readonly Point[] {
  return windows.map(({ at_s, latency }) => ({ at_s, ms: latency?.[figure].value ?? Number.NaN }))
}

function replicatePoints(courses: readonly Course[], figure: WindowFigure): readonly ReplicatePoint[] {
  return courses.flatMap(({ replicate, windows }) =>
    pointsOf(windows, figure).map((point) => ({ ...point, replicate })),
  )
}

function lineOf(points: readonly Point[], figure: WindowFigure, options: Plot.LineOptions): Plot.Markish {
  const { stroke, strokeDasharray } = LOOKS[figure]
  return Plot.line(points, { x: 'at_s', y: 'ms', stroke, strokeDasharray, z: null, ...options })
}

function nameMark(points: readonly Point[], figure: WindowFigure): Plot.Markish {
  const shown = points.filter(({ ms }) => Number.isFinite(ms))
  const { anchor, stroke } = LOOKS[figure]
  const place = { start: 0, middle: Math.floor((shown.length - 1) / 2), end: shown.length - 1 }[anchor]
  return Plot.text(shown.slice(place, place + 1), {
    x: 'at_s',
    y: 'ms',
    text: () => figure,
    textAnchor: anchor,
    // The highest line may lie at the top of the panel.
    dy: figure === 'max' ? 9 : -8,
    fill: stroke,
    stroke: PAPER,
    strokeWidth: 3,
  })
}

/** All replicates of a cell, and what they are together. */
interface Row {
  readonly name: string
  readonly courses: readonly Course[]
  readonly together: readonly Window[]
}

function dropsOf({ together }: Row): readonly Window[] {
  return together.filter(({ dropped }) => dropped > 0)
}

const shareOf = ({ dropped, items }: Window) => dropped / items

/** From below, as high as their share. */
function dropBars(row: Row, y: Scale): Plot.Markish {
  const half = Math.max(...row.courses.map(({ width_s }) => width_s)) / 2
  return Plot.rect(dropsOf(row), {
    x1: ({ at_s }: Window) => at_s - half,
    x2: ({ at_s }: Window) => at_s + half,
    y1: () => y.domain[0],
    y2: (window: Window) => valueAt(y, Math.max(LEAST_BAR, shareOf(window))),
    fill: COLORS.purple,
    fillOpacity: 0.45,
    title: (window: Window) =>
      `${row.name}, at ${window.at_s} s: ${window.dropped} of ${window.items} sampled items dropped, ${proportion(shareOf(window))}`,
  })
}

function marksOf(row: Row, y: Scale): readonly Plot.Markish[] {
  const { name, courses, together } = row
  const medians = DRAWN.map((figure) => ({ figure, points: pointsOf(together, figure) }))
  const isSparse = together.length <= FEW_WINDOWS
  return [
    dropBars(row, y),
    ...DRAWN.map((figure) =>
      lineOf(courses.length < 2 ? [] : replicatePoints(courses, figure), figure, {
        strokeDasharray: 'none',
        strokeWidth: 0.7,
        strokeOpacity: 0.45,
        title: ({ replicate }: ReplicatePoint) => `${name}, replicate ${replicate}: ${figure}`,
        z: 'replicate',
      }),
    ),
    ...medians.flatMap(({ figure, points }) => [
      lineOf(points, figure, {
        strokeWidth: 1.8,
        title: () => `${name}: ${figure}, ${courses.length > 1 ? 'median' : 'replicate'}`,
      }),
      Plot.dot(isSparse ? points : [], {
        x: 'at_s',
        y: 'ms',
        r: 1.8,
        fill: LOOKS[figure].stroke,
        title: ({ at_s, ms }: Point) => `${name}, at ${at_s} s: ${figure} ${fixed(ms, 3)} ms`,
      }),
    ]),
    ...medians.map(({ figure, points }) => nameMark(points, figure)),
  ]
}

function describe(row: Row): string {
  const told = WINDOW_FIGURES.flatMap((figure) => {
    const values = row.together.flatMap(({ latency }) => latency?.[figure].value ?? [])
    if (values.length === 0) return []
    return [`${figure} ${fixed(Math.min(...values), 3)} to ${fixed(Math.max(...values), 3)} ms`]
  })
  const drops = dropsOf(row).length
  return [...told, drops === 0 ? 'nothing dropped' : `items dropped in ${drops} windows`].join(', ')
}

function widthText(courses: readonly Course[]): string {
  const widths = [...new Set(courses.map(({ width_s, oneOf }) => width_s / oneOf))]
  return widths.length === 1 && widths[0] === 1 ? 'second by second' : `in windows of ${widths.join(' or ')} s`
}

/**
 * The latency from one second to the next, in a panel per cell: p50, p99 and maximum of every replicate and the median
 * of those, and where items were dropped. `undefined` where no record has such figures.
 */
export const overTime: Chart = (records, name) => {
  const { drawn: cells, note } = drawnCells(cellsOf(records))
  const names = panelNames(cells)
  const rows = cells.map((cell, index): Row => {
    const courses = coursesOf(cell)
    return { name: names[index] as string, courses, together: togetherOf(courses) }
  })
  const all = rows.flatMap(({ courses }) => courses)
  const values = all.flatMap(({ windows }) =>
    windows.flatMap(({ latency }) => (latency === undefined ? [] : WINDOW_FIGURES.map((key) => latency[key].value))),
  )
  if (values.length === 0) return undefined
  const end = all.reduce((last, { windows, width_s }) => Math.max(last, (windows.at(-1)?.at_s ?? 0) + width_s / 2), 0)
  const y = scaleOf(values)
  const oneOf = all.reduce((most, course) => Math.max(most, course.oneOf), 1)
  const isBounded = all.some(({ windows }) => windows.some(({ latency }) => latency?.p50.isBelow))
  return drawPanels({
    title: `Latency over time — ${name}`,
    subtitle: `push to pop, of the sampled items that were delivered, ${widthText(all)}`,
    alt: 'Latency over time by scenario: p50, p99 and maximum of every second and replicate, and where items were dropped',
    x: {
      label: 'time since the first sampled item was due (s)',
      scale: { type: 'linear', domain: [0, end], ticks: linearTicks(0, end, MOST_TICKS) },
      tickText,
    },
    y: { label: 'latency (ms)', scale: y, tickText },
    cells,
    panels: rows.map((row) => ({
      measured: row.courses.length,
      marks: row.courses.length === 0 ? [] : marksOf(row, y),
      said: describe(row),
    })),
    caption: [
      rows.some(({ courses }) => courses.length > 1)
        ? 'Thick: median of the replicates (n); thin: each replicate.'
        : 'n = 1: one replicate, no spread; a difference can be chance.',
      rows.some((row) => dropsOf(row).length > 0)
        ? 'Bars from below: share of the sampled items that were dropped, the full height is all; they have no latency.'
        : '',
      oneOf > 1 ? `Of every ${oneOf} windows the one with the largest maximum is drawn.` : '',
      isBounded ? 'What lies below the floor of its replicate stands at the floor.' : '',
      note,
    ],
  })
}
