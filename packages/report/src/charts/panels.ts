import * as Plot from '@observablehq/plot'
import type { ResultRecord } from '@spsc/core'
import { cellsOf } from '../cells.js'
import { cellLabels, cellNames, countLabel, drawnCells, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { cutMiddle, LINE_HEIGHT, MARGIN, WIDTH } from './lettering.js'
import { COLORS, GRID, MUTED_INK } from './palette.js'
import type { Picture } from './picture.js'
import { type Quantiles, quantilesOfCell } from './quantiles.js'
import { axisTitle, type Scale } from './scale.js'

export interface Point {
  readonly x: number
  readonly y: number
}

/** The points of all panels decide the scales, so that panels compare. */
export interface Axis {
  readonly label: string
  readonly scale: (points: readonly Point[]) => Scale
  readonly tickText: (tick: number) => string
}

export interface Panels {
  readonly title: string
  readonly subtitle: string
  readonly alt: string
  readonly x: Axis
  readonly y: Axis
  /** The curve of one replicate, or of the median of several. */
  readonly curve: (replicates: readonly Quantiles[]) => readonly Point[]
  /** Figures of a cell, for those who can't see its curve. */
  readonly describe: (replicates: readonly Quantiles[]) => string
  readonly records: readonly ResultRecord[]
}

const MAX_COLUMNS = 3
const PANEL_HEIGHT = 150
const LABEL_LINES = 2
const LABEL_HEIGHT = LABEL_LINES * LINE_HEIGHT + 10
const AXIS_WIDTH = 52
const AXIS_HEIGHT = 46
const GAP = 26
/** Of a letter, in fonts wider than ours too. */
const CHARACTER_WIDTH = 6.4
const DESCRIBED_CELLS = 20

/**
 * One panel per cell with the same axes in each: thin lines are replicates, the thick one their median, the dashed one
 * the median of the first cell, to compare with. `undefined` where no record has a distribution.
 */
export function drawPanels(chart: Panels): Picture | undefined {
  const cells = cellsOf(chart.records)
  const { drawn, note } = drawnCells(cells)
  const quantiles = drawn.map(quantilesOfCell)
  if (quantiles.every((replicates) => replicates.length === 0)) return undefined

  const columns = drawn.length === 4 ? 2 : Math.min(MAX_COLUMNS, drawn.length)
  const rows = Math.ceil(drawn.length / columns)
  const panelWidth = (WIDTH - MARGIN - AXIS_WIDTH - MARGIN - (columns - 1) * GAP) / columns
  const panelHeight = PANEL_HEIGHT + LABEL_HEIGHT
  const height = rows * panelHeight + AXIS_HEIGHT
  const labels = cellLabels(drawn, Math.floor(panelWidth / CHARACTER_WIDTH), LABEL_LINES - 1)
  const names = cellNames(drawn).map((name) => cutMiddle(name, 80))
  const curves = quantiles.map((replicates) => (replicates.length === 0 ? [] : chart.curve(replicates)))
  const thin = quantiles.map((replicates) =>
    replicates.length < 2 ? [] : replicates.map((one) => ({ replicate: one.replicate, points: chart.curve([one]) })),
  )
  const points = [...curves, ...thin.flatMap((lines) => lines.map((line) => line.points))].flat()
  const x = chart.x.scale(points)
  const y = chart.y.scale(points)
  const reference = curves.findIndex((curve) => curve.length > 0)

  const panels = drawn.map((cell, index) => {
    const column = index % columns
    const row = Math.floor(index / columns)
    const left = MARGIN + AXIS_WIDTH + column * (panelWidth + GAP)
    const isLowest = index + columns >= drawn.length
    const name = names[index] as string
    const measured = (quantiles[index] as readonly Quantiles[]).length
    const line = (data: readonly Point[], options: Plot.LineOptions) =>
      Plot.line(data, { x: 'x', y: 'y', strokeLinejoin: 'round', ...options })
    const content = draw({
      width: WIDTH,
      height: panelHeight + AXIS_HEIGHT,
      marginLeft: left,
      marginRight: WIDTH - left - panelWidth,
      marginTop: LABEL_HEIGHT,
      marginBottom: AXIS_HEIGHT,
      x: { type: x.type, domain: [...x.domain] },
      y: { type: y.type, domain: [...y.domain] },
      marks: [
        Plot.gridX([...x.ticks], { stroke: GRID, strokeOpacity: 1 }),
        Plot.gridY([...y.ticks], { stroke: GRID, strokeOpacity: 1 }),
        Plot.axisX(isLowest ? [...x.ticks] : [], { text: chart.x.tickText, label: null, tickSize: 4 }),
        Plot.axisY(column === 0 ? [...y.ticks] : [], { text: chart.y.tickText, label: null, tickSize: 4 }),
        Plot.text([(labels[index] as readonly string[])[0] ?? ''], {
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -LINE_HEIGHT - 11,
        }),
        Plot.text([countLabel(cell, measured)], {
          frameAnchor: 'top-left',
          textAnchor: 'start',
          dy: -11,
          fill: MUTED_INK,
        }),
        ...(index === reference || measured === 0
          ? []
          : [line(curves[reference] ?? [], { stroke: COLORS.grey, strokeWidth: 1.5, strokeDasharray: '4,3' })]),
        ...(thin[index] ?? []).map(({ replicate, points: data }) =>
          line(data, {
            stroke: COLORS.vermillion,
            strokeWidth: 0.8,
            strokeOpacity: 0.55,
            title: () => `${name}, replicate ${replicate}`,
            z: null,
          }),
        ),
        line(curves[index] ?? [], {
          stroke: COLORS.blue,
          strokeWidth: 2.2,
          title: () => `${name}: ${measured > 1 ? 'median' : 'replicate'}`,
          z: null,
        }),
        Plot.text(measured === 0 ? [gapLabel(cell)] : [], {
          frameAnchor: 'middle',
          fill: MUTED_INK,
          fontStyle: 'italic',
        }),
      ],
    })
    return `<g transform="translate(0,${row * panelHeight})">${content}</g>`
  })

  const axisTitles = draw({
    width: WIDTH,
    height,
    axis: null,
    marginLeft: MARGIN + AXIS_WIDTH,
    marginRight: MARGIN,
    marginTop: LABEL_HEIGHT,
    marginBottom: AXIS_HEIGHT,
    marks: [
      Plot.text([axisTitle(chart.x.label, x)], { frameAnchor: 'bottom', dy: 38 }),
      Plot.text([axisTitle(chart.y.label, y)], {
        frameAnchor: 'left',
        textAnchor: 'middle',
        rotate: -90,
        dx: -AXIS_WIDTH + 4,
      }),
    ],
  })

  const told = quantiles.slice(0, DESCRIBED_CELLS).map((replicates, index) => {
    const said = replicates.length === 0 ? gapLabel(drawn[index] as (typeof drawn)[number]) : chart.describe(replicates)
    return `${names[index]}: ${said}.`
  })
  const hasThin = thin.some((lines) => lines.length > 0)
  const caption = [
    hasThin
      ? 'Thick line: median of the replicates (n) at each point; thin lines: each replicate.'
      : 'n = 1: one replicate, no spread; a difference can be chance.',
    drawn.length > 1 ? `Dashed: ${cutMiddle(names[reference] as string, 40)}, to compare.` : '',
    note,
  ]
  return {
    alt: chart.alt,
    svg: frame({
      title: chart.title,
      subtitle: chart.subtitle,
      description: told.join(' '),
      caption: caption.filter((text) => text !== '').join(' '),
      content: panels.join('\n') + axisTitles,
      height,
    }),
  }
}
