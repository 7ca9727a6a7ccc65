import * as Plot from '@observablehq/plot'
import type { ResultRecord } from '@spsc/core'
import { type Cell, cellsOf } from '../cells.js'
import { type Reading, readingOf } from '../reading.js'
import { cellLabels, cellNames, countLabel, drawnCells, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { BELOW_FLOOR, intervalNote, type Spread, spreadOf } from './interval.js'
import { cutMiddle, LINE_HEIGHT, MARGIN, SMALL_FONT_SIZE, WIDTH } from './lettering.js'
import { BAND, GRID, MUTED_INK } from './palette.js'
import type { Picture } from './picture.js'
import { axisTitle, scaleOf, tickText } from './scale.js'

/** One figure of a replicate. */
export interface Series {
  /** In few letters: it stands beside every mark; absent where a chart has one series. */
  readonly name?: string
  /** From 0; `undefined` where a replicate has none. */
  readonly value: (record: ResultRecord) => number | undefined
  /** What lies below this means nothing; absent: everything means something. */
  readonly floor?: (record: ResultRecord) => number | undefined
  readonly color: string
  /** Tells the figure apart where colour does not. */
  readonly symbol: 'circle' | 'square' | 'diamond'
  /** Said where measured replicates have no value, and none applies; otherwise the figure is unavailable. */
  readonly notApplicable?: string
}

export interface CellRows {
  readonly title: string
  readonly subtitle: string
  /** What the axis shows, with its unit. */
  readonly axis: string
  /** With its unit. */
  readonly format: (value: number) => string
  /** The same rounded up, where there are floors. */
  readonly formatBound?: (value: number) => string
  readonly series: readonly Series[]
  readonly alt: string
  readonly records: readonly ResultRecord[]
}

const NAME_CHARACTERS = 24
const NAME_LINES = 3
const NAME_WIDTH = 166
const FIGURE_WIDTH = 122
const AXIS_HEIGHT = 44
const TOP = 4
const SERIES_HEIGHT = 20
const ROW_PADDING = 6
/** Cells that a description goes through. */
const DESCRIBED_CELLS = 20

/** One figure of one cell: a line of marks. */
interface Mark {
  readonly series: Series
  readonly y: number
  readonly spread: Spread
  readonly replicates: readonly {
    readonly x: number
    readonly y: number
    readonly isBelow: boolean
    readonly title: string
  }[]
}

interface Gap {
  readonly y: number
  readonly text: string
}

interface Row {
  readonly top: number
  readonly height: number
  readonly name: string
  /** Lines of its name. */
  readonly label: readonly string[]
  readonly count: string
  readonly marks: readonly Mark[]
  readonly gaps: readonly Gap[]
}

function named({ name }: Series, text: string): string {
  return name === undefined ? text : `${name} ${text}`
}

function figureText({ format, formatBound = format }: CellRows, { value, isBelow }: Reading): string {
  return isBelow ? `<${formatBound(value)}` : format(value)
}

function marksOf(cell: Cell, name: string, top: number, chart: CellRows): Pick<Row, 'marks' | 'gaps'> {
  const marks: Mark[] = []
  const gaps: Gap[] = []
  for (const [index, one] of chart.series.entries()) {
    const y = top + (index + 0.4) * SERIES_HEIGHT
    const read = cell.records.flatMap((record) => {
      const value = one.value(record)
      return value === undefined ? [] : [{ record, reading: readingOf(value, one.floor?.(record)) }]
    })
    const replicates = read.map(({ record, reading }) => {
      const title = `${name}, replicate ${record.replicate}: ${named(one, figureText(chart, reading))}`
      return { x: reading.value, y, isBelow: reading.isBelow, title }
    })
    if (read.length > 0)
      marks.push({ series: one, y, replicates, spread: spreadOf(read.map(({ reading }) => reading)) })
    else gaps.push({ y, text: named(one, one.notApplicable ?? gapLabel(cell)) })
  }
  // A cell without anything says so once.
  if (marks.length > 0) return { marks, gaps }
  return { marks, gaps: [{ y: top + (chart.series.length * SERIES_HEIGHT) / 2, text: gapLabel(cell) }] }
}

function layOut(cells: readonly Cell[], chart: CellRows): { rows: readonly Row[]; height: number } {
  const names = cellNames(cells)
  const labels = cellLabels(cells, NAME_CHARACTERS, NAME_LINES)
  let top = TOP
  const rows = cells.map((cell, index) => {
    const label = labels[index] as readonly string[]
    const content = Math.max(chart.series.length * SERIES_HEIGHT, (label.length + 1) * LINE_HEIGHT)
    const height = content + 2 * ROW_PADDING
    const name = cutMiddle(names[index] as string, 80)
    const firstLine = top + (height - chart.series.length * SERIES_HEIGHT) / 2
    const { marks, gaps } = marksOf(cell, name, firstLine, chart)
    const fewest = marks.reduce((least, { replicates }) => Math.min(least, replicates.length), cell.records.length)
    const count = countLabel(cell, marks.length === 0 ? 0 : fewest)
    const row = { top, height, name, label, count, marks, gaps }
    top += height
    return row
  })
  return { rows, height: top }
}

function medianTitle({ name }: Row, { series, spread, replicates }: Mark, chart: CellRows): string {
  const { interval } = spread
  const said = `${name}: ${named(series, figureText(chart, spread.median))}`
  if (interval === undefined) return said
  const kind = interval.coverage === undefined ? 'range' : `${(interval.coverage * 100).toFixed(1)} % interval`
  const ends = `${figureText(chart, interval.low)} to ${figureText(chart, interval.high)}`
  return `${said}, ${kind} ${ends}, median of ${replicates.length}`
}

function describe(rows: readonly Row[], chart: CellRows): string {
  const told = rows.slice(0, DESCRIBED_CELLS).map((row) => {
    const figures = row.marks.map(({ series, spread }) => named(series, figureText(chart, spread.median)))
    return `${row.name}: ${[...figures, ...row.gaps.map(({ text }) => text)].join(', ')} (${row.count}).`
  })
  if (rows.length > DESCRIBED_CELLS) told.push(`And ${rows.length - DESCRIBED_CELLS} more.`)
  return told.join(' ')
}

/**
 * One row per cell, one line of marks per figure: the replicates, the interval of their median, the median, and its
 * value beside it. Rows are never laid over each other, so any number of cells stays legible.
 */
export function drawCellRows(chart: CellRows): Picture | undefined {
  const cells = cellsOf(chart.records)
  if (cells.length === 0) return undefined
  const { drawn, note } = drawnCells(cells)
  const { rows, height } = layOut(drawn, chart)
  const marks = rows.flatMap((row) => row.marks.map((mark) => ({ ...mark, row })))
  const intervals = marks.flatMap(({ y, series, spread: { interval } }) =>
    interval ? [{ y, series, coverage: interval.coverage, low: interval.low.value, high: interval.high.value }] : [],
  )
  const several = marks.filter(({ replicates }) => replicates.length > 1)
  const ticks = several.flatMap(({ replicates, series }) => replicates.map((replicate) => ({ ...replicate, series })))
  const isBounded = marks.some(({ replicates }) => replicates.some(({ isBelow }) => isBelow))
  const scale = scaleOf(
    marks.flatMap(({ replicates }) => replicates.map(({ x }) => x)),
    { zoom: several.length > 0 },
  )
  const axisTicks = marks.length === 0 ? [] : [...scale.ticks]
  const left = { frameAnchor: 'left', textAnchor: 'start' } as const
  const dots = {
    x: ({ spread }: Mark) => spread.median.value,
    y: 'y',
    r: 4.5,
    symbol: ({ series }: Mark) => series.symbol,
    title: (mark: (typeof marks)[number]) => medianTitle(mark.row, mark, chart),
  }
  const plot = draw({
    width: WIDTH,
    height: height + AXIS_HEIGHT,
    marginLeft: MARGIN + NAME_WIDTH,
    marginRight: FIGURE_WIDTH + MARGIN,
    marginTop: TOP,
    marginBottom: AXIS_HEIGHT,
    x: { type: scale.type, domain: [...scale.domain] },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.rect(
        rows.filter((_, index) => index % 2 === 0),
        {
          y1: 'top',
          y2: (row: Row) => row.top + row.height,
          fill: BAND,
          insetLeft: -NAME_WIDTH,
          insetRight: -FIGURE_WIDTH,
        },
      ),
      Plot.gridX(axisTicks, { stroke: GRID, strokeOpacity: 1 }),
      Plot.axisX(axisTicks, { text: tickText, label: null, tickSize: 4 }),
      Plot.text([axisTitle(chart.axis, scale)], {
        frameAnchor: 'bottom',
        dy: 36,
        fontSize: SMALL_FONT_SIZE + 1,
      }),
      Plot.text(
        rows.flatMap(({ top, height, label, count }) =>
          [...label, count].map((text, line) => ({
            text,
            y: top + height / 2 + (line - label.length / 2) * LINE_HEIGHT,
            muted: line === label.length,
          })),
        ),
        {
          ...left,
          y: 'y',
          text: 'text',
          dx: -NAME_WIDTH + 6,
          fill: ({ muted }: { muted: boolean }) => (muted ? MUTED_INK : 'currentColor'),
        },
      ),
      Plot.link(
        intervals.filter(({ coverage }) => coverage !== undefined),
        {
          x1: 'low',
          x2: 'high',
          y1: 'y',
          y2: 'y',
          stroke: ({ series }) => series.color,
          strokeOpacity: 0.35,
          strokeWidth: 9,
        },
      ),
      Plot.link(
        intervals.filter(({ coverage }) => coverage === undefined),
        { x1: 'low', x2: 'high', y1: 'y', y2: 'y', stroke: ({ series }) => series.color, strokeWidth: 1.5 },
      ),
      Plot.ruleX(
        ticks.filter(({ isBelow }) => !isBelow),
        {
          x: 'x',
          y1: ({ y }) => y + 5,
          y2: ({ y }) => y + 11,
          stroke: (replicate) => replicate.series.color,
          strokeWidth: 1.5,
          strokeOpacity: 0.8,
          title: 'title',
        },
      ),
      Plot.text(
        ticks.filter(({ isBelow }) => isBelow),
        {
          x: 'x',
          y: ({ y }) => y + 8,
          text: () => '<',
          textAnchor: 'end',
          fontSize: SMALL_FONT_SIZE,
          fill: (replicate) => replicate.series.color,
          title: 'title',
        },
      ),
      Plot.dot(
        marks.filter(({ spread }) => !spread.median.isBelow),
        { ...dots, fill: ({ series }) => series.color, stroke: 'white', strokeWidth: 1 },
      ),
      Plot.dot(
        marks.filter(({ spread }) => spread.median.isBelow),
        { ...dots, fill: 'white', stroke: ({ series }) => series.color, strokeWidth: 1.5 },
      ),
      Plot.text(marks, {
        y: 'y',
        text: ({ series, spread }) => named(series, figureText(chart, spread.median)),
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 8,
      }),
      Plot.text(
        rows.flatMap(({ gaps }) => gaps),
        { ...left, y: 'y', text: 'text', dx: 6, fill: MUTED_INK, fontStyle: 'italic' },
      ),
    ],
    symbol: { type: 'identity' } as never,
    color: { type: 'identity' },
  })
  const nothing = marks.length === 0 ? 'Nothing was measured that could be drawn.' : ''
  const meaning =
    several.length > 0 ? 'Large mark and figure: median of the replicates (n). Ticks below: each replicate.' : ''
  return {
    alt: chart.alt,
    svg: frame({
      title: chart.title,
      subtitle: chart.subtitle,
      description: describe(rows, chart),
      caption: [
        nothing,
        meaning,
        isBounded ? `Hollow mark, ${BELOW_FLOOR}` : '',
        intervalNote(marks.map(({ spread }) => spread)),
        note,
      ]
        .filter((text) => text !== '')
        .join(' '),
      content: plot,
      height: height + AXIS_HEIGHT,
    }),
  }
}
