import * as Plot from '@observablehq/plot'
import type { Cell } from '../cells.js'
import { cellLabels, cellNames, countLabel, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { cutMiddle, LINE_HEIGHT, MARGIN, WIDTH } from './lettering.js'
import { GRID, MUTED_INK } from './palette.js'
import type { Picture } from './picture.js'
import { axisTitle, type Scale } from './scale.js'

/** What all panels share, so that they compare. */
export interface Axis {
  readonly label: string
  readonly scale: Scale
  readonly tickText: (tick: number) => string
}

/** What is drawn of one cell. */
export interface Panel {
  /** Replicates that have something to draw; 0: the panel says why there is nothing. */
  readonly measured: number
  readonly marks: readonly Plot.Markish[]
  /** Figures of the cell, for those who can't see them. */
  readonly said: string
}

export interface Panels {
  readonly title: string
  readonly subtitle: string
  readonly alt: string
  readonly x: Axis
  readonly y: Axis
  readonly cells: readonly Cell[]
  /** One for each cell. */
  readonly panels: readonly Panel[]
  /** What the marks mean. */
  readonly caption: readonly string[]
}

const MAX_COLUMNS = 3
const PANEL_HEIGHT = 150
/** Of a name at most: that of a matrix is long. */
const NAME_LINES = 3
const AXIS_WIDTH = 52
const AXIS_HEIGHT = 46
const GAP = 26
/** Of a letter, in fonts wider than ours too. */
const CHARACTER_WIDTH = 6.4
const DESCRIBED_CELLS = 20
const AT_TOP = { frameAnchor: 'top-left', textAnchor: 'start' } as const

/** One panel per cell with the same axes in each. */
export function drawPanels({ title, subtitle, alt, x, y, cells, panels, caption }: Panels): Picture {
  const columns = cells.length === 4 ? 2 : Math.min(MAX_COLUMNS, cells.length)
  const rows = Math.ceil(cells.length / columns)
  const panelWidth = (WIDTH - MARGIN - AXIS_WIDTH - MARGIN - (columns - 1) * GAP) / columns
  const labels = cellLabels(cells, Math.floor(panelWidth / CHARACTER_WIDTH), NAME_LINES)
  // Below the name, how many replicates there are.
  const labelHeight = (Math.max(...labels.map((label) => label.length)) + 1) * LINE_HEIGHT + 10
  const panelHeight = PANEL_HEIGHT + labelHeight
  const height = rows * panelHeight + AXIS_HEIGHT
  const names = panelNames(cells)

  const drawn = cells.map((cell, index) => {
    const { measured, marks } = panels[index] as Panel
    const column = index % columns
    const row = Math.floor(index / columns)
    const left = MARGIN + AXIS_WIDTH + column * (panelWidth + GAP)
    const isLowest = index + columns >= cells.length
    const content = draw({
      width: WIDTH,
      height: panelHeight + AXIS_HEIGHT,
      marginLeft: left,
      marginRight: WIDTH - left - panelWidth,
      marginTop: labelHeight,
      marginBottom: AXIS_HEIGHT,
      x: { type: x.scale.type, domain: [...x.scale.domain] },
      y: { type: y.scale.type, domain: [...y.scale.domain] },
      marks: [
        Plot.gridX([...x.scale.ticks], { stroke: GRID, strokeOpacity: 1 }),
        Plot.gridY([...y.scale.ticks], { stroke: GRID, strokeOpacity: 1 }),
        Plot.axisX(isLowest ? [...x.scale.ticks] : [], { text: x.tickText, label: null, tickSize: 4 }),
        Plot.axisY(column === 0 ? [...y.scale.ticks] : [], { text: y.tickText, label: null, tickSize: 4 }),
        ...(labels[index] as readonly string[]).map((line, number, { length }) =>
          Plot.text([line], { ...AT_TOP, dy: (number - length) * LINE_HEIGHT - 11 }),
        ),
        Plot.text([countLabel(cell, measured)], { ...AT_TOP, dy: -11, fill: MUTED_INK }),
        ...marks,
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
    marginTop: labelHeight,
    marginBottom: AXIS_HEIGHT,
    marks: [
      Plot.text([axisTitle(x.label, x.scale)], { frameAnchor: 'bottom', dy: 38 }),
      Plot.text([axisTitle(y.label, y.scale)], {
        frameAnchor: 'left',
        textAnchor: 'middle',
        rotate: -90,
        dx: -AXIS_WIDTH + 4,
      }),
    ],
  })

  const told = panels.slice(0, DESCRIBED_CELLS).map(({ measured, said }, index) => {
    return `${names[index]}: ${measured === 0 ? gapLabel(cells[index] as Cell) : said}.`
  })
  return {
    alt,
    svg: frame({
      title,
      subtitle,
      description: told.join(' '),
      caption: caption.filter((text) => text !== '').join(' '),
      content: drawn.join('\n') + axisTitles,
      height,
    }),
  }
}

/** Names of cells as pictures of panels give them to those who point at a line. */
export function panelNames(cells: readonly Cell[]): readonly string[] {
  return cellNames(cells).map((name) => cutMiddle(name, 80))
}
