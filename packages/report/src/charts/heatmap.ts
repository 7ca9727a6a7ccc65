import * as Plot from '@observablehq/plot'
import type { Scenario } from '@spsc/core'
import { type Cell, cellsOf } from '../cells.js'
import { distributionOf } from '../distribution.js'
import { floorOf } from '../floor.js'
import { atMost, fixed } from '../format.js'
import { ascending, medianOf, readingOf } from '../reading.js'
import { cellNames, countLabel, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { BELOW_FLOOR } from './interval.js'
import { cutMiddle, LINE_HEIGHT, MARGIN, SMALL_FONT_SIZE, WIDTH } from './lettering.js'
import { BAND, INK, MUTED_INK, PAPER } from './palette.js'
import type { Chart } from './picture.js'

const AXIS_WIDTH = 74
const AXIS_HEIGHT = 44
const TITLE_HEIGHT = LINE_HEIGHT + 14
const ROW_HEIGHT = 30
/** The title of the axis beside it takes as much. */
const LEAST_HEIGHT = 96
const NAME_CHARACTERS = 90
/** Narrower squares have no room for their figure. */
const WIDTH_OF_FIGURE = 38
/** Sweeps that one picture holds. */
const MAX_GRIDS = 40

/** One square: a capacity, an interval and the p99 there. */
interface Square {
  readonly capacity: number
  readonly interval: number
  /** Milliseconds; absent where every replicate failed or stored none. */
  readonly p99?: number
  readonly text: string
  readonly title: string
}

interface Grid {
  readonly name: string
  readonly squares: readonly Square[]
}

function configOf({ records }: Cell): Scenario {
  return (records[0] as Cell['records'][number]).config
}

/** What cells of one sweep share: all but the two settings that are swept. */
function gridKey(cell: Cell): string {
  const { name: _, queueCap: __, prodIntervalUs: ___, ...rest } = configOf(cell)
  return JSON.stringify([gridName(cell.scenario), cell.queue, rest])
}

function gridName(name: string): string {
  return name.replace(/ (queue-cap|prod-interval-us)=[^ ]+/g, '')
}

function short(ms: number): string {
  return ms >= 1000 ? ms.toFixed(0) : `${Number(ms.toPrecision(3))}`
}

function squareOf(cell: Cell): Square {
  const { queueCap: capacity, prodIntervalUs: interval } = configOf(cell)
  const readings = cell.records.flatMap((record) => {
    const ns = distributionOf(record, 'latency')?.p99_ns
    return ns === undefined ? [] : [readingOf(ns, floorOf(record))]
  })
  const place = `capacity ${capacity}, interval ${interval} µs`
  if (readings.length === 0) {
    const gap = gapLabel(cell)
    return { capacity, interval, text: gap.split(':')[0] as string, title: `${place}: ${gap}` }
  }
  const { value, isBelow } = medianOf(ascending(readings))
  const p99 = value / 1e6
  const bound = `<${atMost(p99, 3)}`
  const title = `${place}: p99 ${isBelow ? bound : fixed(p99, 3)} ms, ${countLabel(cell, readings.length)}`
  return { capacity, interval, p99, text: isBelow ? bound : short(p99), title }
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b)
}

/** Sweeps of both settings, in the order of the plan. */
function gridsOf(cells: readonly Cell[]): readonly Grid[] {
  const names = cellNames(cells)
  const groups = new Map<string, { name: string; squares: Square[] }>()
  for (const [index, cell] of cells.entries()) {
    const key = gridKey(cell)
    const group = groups.get(key) ?? { name: gridName(names[index] as string), squares: [] }
    group.squares.push(squareOf(cell))
    groups.set(key, group)
  }
  return [...groups.values()].filter(
    ({ squares }) =>
      distinct(squares.map(({ capacity }) => capacity)).length > 1 &&
      distinct(squares.map(({ interval }) => interval)).length > 1,
  )
}

function drawGrid({ name, squares }: Grid, [low, high]: readonly [number, number]) {
  const intervals = distinct(squares.map(({ interval }) => interval))
  const capacities = distinct(squares.map(({ capacity }) => capacity))
  const height = TITLE_HEIGHT + Math.max(LEAST_HEIGHT, capacities.length * ROW_HEIGHT) + AXIS_HEIGHT
  const left = MARGIN + AXIS_WIDTH
  const hasRoom = (WIDTH - left - MARGIN) / intervals.length >= WIDTH_OF_FIGURE
  const measured = squares.filter(({ p99 }) => p99 !== undefined)
  const isDark = ({ p99 }: Square) => p99 !== undefined && high > low && Math.log(p99 / low) > Math.log(high / low) / 2
  const content = draw({
    width: WIDTH,
    height,
    marginLeft: left,
    marginRight: MARGIN,
    marginTop: TITLE_HEIGHT,
    marginBottom: AXIS_HEIGHT,
    padding: 0.04,
    x: { type: 'band', domain: [...intervals] },
    y: { type: 'band', domain: [...capacities].reverse() },
    color: {
      type: low > 0 ? 'log' : 'linear',
      scheme: 'cividis',
      reverse: true,
      domain: [low, Math.max(high, low * 1.01)],
    },
    marks: [
      Plot.cell(
        squares.filter(({ p99 }) => p99 === undefined),
        { x: 'interval', y: 'capacity', fill: BAND, stroke: MUTED_INK, strokeDasharray: '3,2', title: 'title' },
      ),
      Plot.cell(measured, { x: 'interval', y: 'capacity', fill: 'p99', title: 'title' }),
      Plot.text(hasRoom ? squares : [], {
        x: 'interval',
        y: 'capacity',
        text: 'text',
        fontSize: SMALL_FONT_SIZE,
        fill: (square: Square) => (isDark(square) ? PAPER : INK),
      }),
      Plot.axisX({ text: (us: number) => `${us}`, label: null, tickSize: 0 }),
      Plot.axisY({ text: (items: number) => `${items}`, label: null, tickSize: 0 }),
      Plot.text([cutMiddle(name, NAME_CHARACTERS)], {
        frameAnchor: 'top-left',
        textAnchor: 'start',
        dx: -AXIS_WIDTH,
        dy: -18,
      }),
      Plot.text(['interval (µs); 0: as fast as possible'], { frameAnchor: 'bottom', dy: 38 }),
      Plot.text(['capacity (items)'], { frameAnchor: 'left', textAnchor: 'middle', rotate: -90, dx: -AXIS_WIDTH + 8 }),
    ],
  })
  return { content, height }
}

/** The p99 over capacity × interval, one grid for each sweep of both; `undefined` where nothing sweeps both. */
export const heatmap: Chart = (records, name) => {
  const grids = gridsOf(cellsOf(records))
  if (grids.length === 0) return undefined
  const drawn = grids.slice(0, MAX_GRIDS)
  const values = drawn.flatMap(({ squares }) => squares.flatMap(({ p99 }) => p99 ?? []))
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), 0)
  const hasFigures = values.length > 0
  let top = 0
  const contents = drawn.map((grid) => {
    const { content, height } = drawGrid(grid, hasFigures ? [low, high] : [1, 1])
    const placed = `<g transform="translate(0,${top})">${content}</g>`
    top += height
    return placed
  })
  const told = drawn.map((grid) => `${grid.name}: ${grid.squares.map(({ title }) => title).join('; ')}.`)
  const caption = [
    'Median of the replicates. Same colours in every grid, on a log scale.',
    drawn.some(({ squares }) => squares.some(({ text }) => text.startsWith('<'))) ? BELOW_FLOOR : '',
    hasFigures ? `Lightest: ${fixed(low, 3)} ms, darkest: ${fixed(high, 3)} ms.` : '',
    grids.length > MAX_GRIDS ? `The first ${MAX_GRIDS} of ${grids.length} sweeps.` : '',
  ]
  return {
    alt: 'p99 of the latency over capacity and interval: lighter squares are faster',
    svg: frame({
      title: `p99 over capacity and interval — ${name}`,
      subtitle: 'latency in ms, push to pop, of delivered items; lighter is faster',
      description: told.join(' '),
      caption: caption.filter((text) => text !== '').join(' '),
      content: contents.join('\n'),
      height: top,
    }),
  }
}
