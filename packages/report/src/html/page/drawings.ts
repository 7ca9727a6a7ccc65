import { tickText } from '../../charts/scale.js'
import { atMost, fixed, proportion } from '../../format.js'
import { WINDOW_FIGURES, type WindowFigure } from '../../window-figures.js'
import type { ChartName } from '../figures.js'
import { lookOf, type Shape } from '../looks.js'
import type { CellData, ChartData, Figures, Percentile, PointData, ReplicateData, WindowData } from '../page-data.js'
import type { Axis, Draw, Mark, Series } from './drawing.js'

/** A longer line needs no marks. */
const FEW_WINDOWS = 40

const PERCENTILES: readonly (readonly [Percentile, Shape])[] = [
  ['p50', 'circle'],
  ['p95', 'square'],
  ['p99', 'triangle'],
]

function percentileText(figures: Figures, percentile: Percentile): string {
  const value = figures[percentile] as number
  const isBelow = figures.below.includes(percentile)
  return `${percentile} ${isBelow ? `<${atMost(value, 3)}` : fixed(value, 3)} ms${isBelow ? ', its floor' : ''}`
}

/** A percentile in as many digits as tell it from its neighbours. @example percentText(1000) // 'p99.9' */
function percentText(inverse: number): string {
  const decimals = Math.max(0, Math.ceil(Math.log10(inverse)) - 1)
  return `p${Number((100 - 100 / inverse).toFixed(decimals))}`
}

function replicateName(label: string, { replicate, invalid }: ReplicateData): string {
  return `${label}, replicate ${replicate}${invalid ? ' (invalid)' : ''}`
}

function valueAxis(title: string, isLog: boolean): Axis {
  return { title, type: isLog ? 'log' : 'linear', tickText }
}

const percentiles: Draw = ({ cells }, { isOn }) => {
  const isStretched = isOn('stretched')
  const curves = cells.flatMap(({ curve, replicates }) => [
    curve,
    ...(isOn('each') ? replicates.map((one) => one.curve) : []),
  ])
  const most = curves.reduce((largest, curve) => Math.max(largest, curve.at(-1)?.[0] ?? 0), 10)
  const mark = (what: string, [inverse, ms]: PointData): Mark => ({
    x: isStretched ? inverse : 100 - 100 / inverse,
    y: ms,
    text: `${percentText(inverse)}: ${what} ${Number(ms.toPrecision(3))} ms`,
  })
  const line = (cell: number, what: string, curve: readonly PointData[], isReplicate: boolean): Series => ({
    cell,
    marks: curve.map((point) => mark(what, point)),
    line: true,
    isReplicate,
  })
  const medians = cells.map(({ label, curve }, cell) => line(cell, label, curve, false))
  const each = cells.flatMap(({ label, replicates }, cell) =>
    replicates.map((one) => line(cell, replicateName(label, one), one.curve, true)),
  )
  const nines = Array.from({ length: Math.floor(Math.log10(most)) + 1 }, (_, power) => 10 ** power)
  return {
    x: isStretched
      ? {
          title: 'percentile',
          type: 'log',
          domain: [1, most],
          ticks: [1, 2, ...nines.slice(1)],
          tickText: percentText,
        }
      : { title: 'percentile', type: 'linear', domain: [0, 100], tickText: (value) => `p${Number(value.toFixed(4))}` },
    y: valueAxis('latency (ms)', isOn('log')),
    series: isOn('each') ? [...each, ...medians] : medians,
    read: 'column',
  }
}

function rowsAxis(cells: readonly CellData[]): Axis {
  return {
    title: '',
    type: 'rows',
    // The first row on top.
    domain: [cells.length - 0.5, -0.5],
    ticks: cells.map((_, row) => row),
    tickText: (row) => cells[row]?.label ?? '',
  }
}

/** One figure of all cells, a row each, `offset` rows below its middle. */
function rowMarks(
  { cells }: ChartData,
  figure: Exclude<keyof Figures, 'below'>,
  shapeOf: (cell: number) => Shape,
  textOf: (figures: Figures, value: number) => string,
  offset = 0,
): Series[] {
  return cells.flatMap(({ label, medians, replicates }, cell) => {
    const y = cell + offset
    const shape = shapeOf(cell)
    const marks = replicates.flatMap((replicate) => {
      const x = replicate[figure]
      if (x === undefined) return []
      return [{ x, y, text: `${replicateName(label, replicate)}: ${textOf(replicate, x)}` }]
    })
    const x = medians[figure]
    const middle = x === undefined ? [] : [{ x, y, text: `${label}, median of ${marks.length}: ${textOf(medians, x)}` }]
    return [
      { cell, marks, line: false, shape, isReplicate: true },
      { cell, marks: middle, line: false, shape, isReplicate: false },
    ]
  })
}

const latency: Draw = (data, { isOn }) => ({
  x: valueAxis('latency (ms)', isOn('log')),
  y: rowsAxis(data.cells),
  series: PERCENTILES.flatMap(([percentile, shape], index) =>
    rowMarks(
      data,
      percentile,
      () => shape,
      (figures) => percentileText(figures, percentile),
      (index - 1) * 0.26,
    ),
  ),
  read: 'mark',
})

function figureChart(figure: 'ops' | 'drop', title: string, valueText: (value: number) => string): Draw {
  return (data, { isOn }) => ({
    x: valueAxis(title, isOn('log')),
    y: rowsAxis(data.cells),
    series: rowMarks(
      data,
      figure,
      (cell) => lookOf(cell).shape,
      (_, value) => valueText(value),
    ),
    read: 'mark',
  })
}

/** Seconds in as few digits as they need. */
const secondsText = (seconds: number) => `${Number(seconds.toFixed(3))} s`

const time: Draw = ({ cells }, { isOn, choice }) => {
  const place = (WINDOW_FIGURES.indexOf(choice as WindowFigure) + 1) as 1 | 2 | 3
  const courses = cells.flatMap(({ course, replicates }) => [course, ...replicates.map((one) => one.course)])
  const values = courses.flatMap((course) => course.flatMap((window) => window[place] ?? []))
  const lowest = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const bottom = isOn('log') ? lowest / 1.6 : 0
  const line = (cell: number, what: string, course: readonly WindowData[], isReplicate: boolean): Series => ({
    cell,
    marks: course.flatMap((window) => {
      const [at_s] = window
      const y = window[place]
      if (y === null) return []
      return [{ x: at_s, y, text: `${secondsText(at_s)}: ${what} ${choice} ${Number(y.toPrecision(3))} ms` }]
    }),
    line: true,
    isReplicate,
    ...(!isReplicate && course.length <= FEW_WINDOWS && { shape: lookOf(cell).shape }),
  })
  const drops = cells.map(
    ({ label, course }, cell): Series => ({
      cell,
      marks: course.flatMap(([at_s, , , , dropped, items]) =>
        dropped === 0
          ? []
          : [
              {
                x: at_s,
                y: bottom,
                text: `${secondsText(at_s)}: ${label}: ${dropped} of ${items} sampled items dropped (${proportion(dropped / items)})`,
              },
            ],
      ),
      line: false,
      shape: 'cross',
      isReplicate: false,
    }),
  )
  return {
    x: { title: 'time since the first sampled item was due (s)', type: 'linear', tickText },
    y: valueAxis(`${choice} (ms)`, isOn('log')),
    series: [
      ...drops,
      ...(isOn('each')
        ? cells.flatMap(({ label, replicates }, cell) =>
            replicates.map((one) => line(cell, `${replicateName(label, one)}:`, one.course, true)),
          )
        : []),
      ...cells.map(({ label, course }, cell) => line(cell, `${label}:`, course, false)),
    ],
    read: 'column',
  }
}

const order: Draw = ({ cells }, { isOn, choice }) => {
  const percentile = choice as Percentile
  const last = Math.max(1, ...cells.flatMap(({ replicates }) => replicates.map((replicate) => replicate.order)))
  return {
    x: { title: 'place in the order of measurement', type: 'linear', domain: [0.5, last + 0.5], tickText },
    y: valueAxis(`${percentile} (ms)`, isOn('log')),
    series: cells.map(({ label, replicates }, cell) => ({
      cell,
      marks: replicates.flatMap((replicate) => {
        const y = replicate[percentile]
        const { order: x } = replicate
        if (y === undefined) return []
        const text = `${x}: ${replicateName(label, replicate)}: ${percentileText(replicate, percentile)}`
        return [{ x, y, text }]
      }),
      line: true,
      shape: lookOf(cell).shape,
      isReplicate: false,
    })),
    read: 'mark',
  }
}

export const DRAWINGS: Readonly<Record<ChartName, Draw>> = {
  percentiles,
  latency,
  throughput: figureChart('ops', 'delivered items per wall second', (value) => `${fixed(value, 0)} ops/s`),
  drop: figureChart('drop', 'dropped / offered', proportion),
  time,
  order,
}
