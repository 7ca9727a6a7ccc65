import * as Plot from '@observablehq/plot'
import type { ResultRecord } from '@spsc/core'
import { type Cell, cellsOf } from '../cells.js'
import { CPU_SOURCES, type CpuSource, cpuPerItem } from '../cpu-time.js'
import { distributionOf } from '../distribution.js'
import { floorOf } from '../floor.js'
import { atMost, fixed, proportion } from '../format.js'
import { ascending, medianOf, type Reading, readingOf } from '../reading.js'
import { cellNames, drawnCells, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { BELOW_FLOOR } from './interval.js'
import { cutMiddle, LINE_HEIGHT, MARGIN, SMALL_FONT_SIZE, WIDTH } from './lettering.js'
import { COLORS, GRID, INK, MUTED_INK, PAPER } from './palette.js'
import type { Chart } from './picture.js'
import { axisTitle, position, scaleOf, tickText } from './scale.js'

/** A front of two is a line between them. */
const MIN_CELLS = 3
const AXIS_WIDTH = 56
const AXIS_HEIGHT = 56
const TOP = 10
const PLOT_HEIGHT = 280
const KEY_LINE_HEIGHT = LINE_HEIGHT + 3
const KEY_CHARACTERS = 52
/** The figures take more room, with CPU time among them. */
const FEWER_CHARACTERS = 48
/** Room that a number takes. */
const NUMBER = { width: 15, height: 12 }

/** What a cell is judged by. A figure that some cells lack would make them incomparable, so each cell has all. */
interface Objectives {
  /** Milliseconds: less is better. */
  readonly p99: number
  /** The p99 is only known to lie below that. */
  readonly isBelowFloor: boolean
  /** Delivered items per second: more is better. */
  readonly throughput: number
  /** 0 to 1: less is better. */
  readonly dropRate: number
  /** CPU-seconds an item: less is better; absent in all cells where some have none. */
  readonly cpu?: number
}

type Value = (record: ResultRecord) => number | undefined

function medianOfCell(cell: Cell, value: Value, floor: Value = () => undefined): Reading | undefined {
  const readings = cell.records.flatMap((record) => {
    const read = value(record)
    return read === undefined ? [] : [readingOf(read, floor(record))]
  })
  return readings.length === 0 ? undefined : medianOf(ascending(readings))
}

function objectivesOf(cell: Cell, cpuSource: CpuSource | undefined): Objectives | undefined {
  const p99 = medianOfCell(cell, (record) => distributionOf(record, 'latency')?.p99_ns, floorOf)
  const throughput = medianOfCell(cell, (record) => (record.status === 'ok' ? record.ops_s : undefined))
  const dropRate = medianOfCell(cell, (record) => (record.status === 'ok' ? record.drop_rate : undefined))
  if (p99 === undefined || throughput === undefined || dropRate === undefined) return undefined
  return {
    p99: p99.value / 1e6,
    isBelowFloor: p99.isBelow,
    throughput: throughput.value,
    dropRate: dropRate.value,
    ...(cpuSource !== undefined && { cpu: cpuOfCell(cell, cpuSource) as number }),
  }
}

function cpuOfCell(cell: Cell, source: CpuSource): number | undefined {
  return medianOfCell(cell, (record) => cpuPerItem(record, source))?.value
}

function dominates(one: Objectives, other: Objectives): boolean {
  const differences = [
    other.p99 - one.p99,
    one.throughput - other.throughput,
    other.dropRate - one.dropRate,
    (other.cpu ?? 0) - (one.cpu ?? 0),
  ]
  return differences.every((gain) => gain >= 0) && differences.some((gain) => gain > 0)
}

function cpuText({ cpu }: Objectives): string {
  return cpu === undefined ? '' : `, CPU ${fixed(cpu * 1e6, 2)} µs`
}

interface Place {
  readonly x: number
  readonly y: number
}

/** Beside each point, where the number covers no point and no other number; at its right where there is no such place. */
function placeNumbers(points: readonly Place[]): readonly Place[] {
  const taken = new Set<Place>(points)
  const around = [13, 20, 28].flatMap((far) =>
    [0, -45, 45, 180, -90, 90, -135, 135].map((degrees) => {
      const angle = (degrees * Math.PI) / 180
      return { x: Math.cos(angle) * far, y: Math.sin(angle) * far }
    }),
  )
  return points.map((point) => {
    const places = around.map(({ x, y }) => ({ x: point.x + x, y: point.y + y }))
    const isFree = ({ x, y }: Place) =>
      [...taken].every(
        (other) => other === point || Math.abs(other.x - x) >= NUMBER.width || Math.abs(other.y - y) >= NUMBER.height,
      )
    const place = places.find(isFree) ?? (places[0] as Place)
    taken.add(place)
    return place
  })
}

/**
 * Which cells are beaten by no other in p99, throughput, drop rate and CPU-seconds an item at once (the Pareto front),
 * drawn over the first two. The last counts where it was measured for every cell. `undefined` with fewer than three cells that have all figures.
 */
export const pareto: Chart = (records, name) => {
  const { drawn: cells, note } = drawnCells(cellsOf(records))
  const names = cellNames(cells)
  // One collector for all, and none where it lacks a cell: two instruments, or none, can't be compared.
  const comparable = cells.filter((cell) => objectivesOf(cell, undefined) !== undefined)
  const cpuSource = CPU_SOURCES.find((source) => comparable.every((cell) => cpuOfCell(cell, source) !== undefined))
  const entries = cells.map((cell, index) => ({
    number: index + 1,
    name: names[index] as string,
    gap: gapLabel(cell),
    objectives: objectivesOf(cell, cpuSource),
  }))
  const candidates = entries.flatMap(({ objectives, ...entry }) =>
    objectives === undefined ? [] : [{ ...entry, ...objectives }],
  )
  if (candidates.length < MIN_CELLS) return undefined

  const x = scaleOf(candidates.map(({ p99 }) => p99))
  const y = scaleOf(candidates.map(({ throughput }) => throughput))
  const bottom = TOP + PLOT_HEIGHT
  const keyTop = bottom + AXIS_HEIGHT
  const height = keyTop + entries.length * KEY_LINE_HEIGHT
  const left = MARGIN + AXIS_WIDTH
  const right = WIDTH - MARGIN
  const points = candidates.map((candidate) => ({
    ...candidate,
    left: position(x, candidate.p99, left, right),
    top: position(y, candidate.throughput, bottom, TOP),
    isBeaten: candidates.some((other) => dominates(other, candidate)),
    figures: `${candidate.isBelowFloor ? `<${atMost(candidate.p99, 3)}` : fixed(candidate.p99, 3)} ms, ${fixed(candidate.throughput, 0)}/s, drops ${proportion(candidate.dropRate)}${cpuText(candidate)}`,
  }))
  const numbers = placeNumbers(points.map((point) => ({ x: point.left, y: point.top })))
  const margins = {
    width: WIDTH,
    height,
    marginLeft: left,
    marginRight: MARGIN,
    marginTop: TOP,
    marginBottom: height - bottom,
  }
  const axes = draw({
    ...margins,
    x: { type: x.type, domain: [...x.domain] },
    y: { type: y.type, domain: [...y.domain] },
    marks: [
      Plot.gridX([...x.ticks], { stroke: GRID, strokeOpacity: 1 }),
      Plot.gridY([...y.ticks], { stroke: GRID, strokeOpacity: 1 }),
      Plot.axisX([...x.ticks], { text: tickText, label: null, tickSize: 4 }),
      Plot.axisY([...y.ticks], { text: tickText, label: null, tickSize: 4 }),
      Plot.text([axisTitle('p99 latency (ms)', x)], { frameAnchor: 'bottom', dy: 38 }),
      Plot.text([axisTitle('throughput (items/s)', y)], {
        frameAnchor: 'left',
        textAnchor: 'middle',
        rotate: -90,
        dx: -AXIS_WIDTH + 6,
      }),
    ],
  })
  const keyLine = (number: number) => keyTop + (number - 0.5) * KEY_LINE_HEIGHT
  const beaten = points.filter(({ isBeaten }) => isBeaten)
  const front = points.filter(({ isBeaten }) => !isBeaten)
  const title = (point: (typeof points)[number]) => `${point.name}: p99 ${point.figures}`
  const hollow = { symbol: 'square', r: 4, fill: 'white', stroke: COLORS.grey } as const
  const filled = { symbol: 'circle', r: 5, fill: COLORS.blue, stroke: 'white' } as const
  const marks = draw({
    ...margins,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    marks: [
      Plot.dot(beaten, { x: 'left', y: 'top', ...hollow, title }),
      Plot.dot(front, { x: 'left', y: 'top', ...filled, title }),
      Plot.text(numbers, {
        x: 'x',
        y: 'y',
        text: (_: Place, index: number) => `${points[index]?.number}`,
        fontSize: SMALL_FONT_SIZE,
        stroke: PAPER,
        strokeWidth: 3,
        fill: INK,
      }),
      Plot.dot(beaten, { x: MARGIN + 6, y: ({ number }) => keyLine(number), ...hollow }),
      Plot.dot(front, { x: MARGIN + 6, y: ({ number }) => keyLine(number), ...filled }),
      Plot.text(entries, {
        x: MARGIN + 16,
        y: ({ number }) => keyLine(number),
        textAnchor: 'start',
        text: (entry: (typeof entries)[number]) =>
          `${entry.number}  ${cutMiddle(entry.name, cpuSource === undefined ? KEY_CHARACTERS : FEWER_CHARACTERS)}`,
      }),
      Plot.text(entries, {
        x: right,
        y: ({ number }) => keyLine(number),
        textAnchor: 'end',
        text: (entry: (typeof entries)[number]) =>
          points.find(({ number }) => number === entry.number)?.figures ?? entry.gap,
        fill: MUTED_INK,
      }),
    ],
  })
  const caption = [
    `Circles: no other row is at least as good in p99, throughput${cpuSource === undefined ? ' and drop rate' : ', drop rate and CPU time'} and better in one (the Pareto front).`,
    'Squares: some row is. Figures are medians of the replicates; a small distance can be chance.',
    cpuSource === undefined
      ? `CPU-seconds per item: unavailable, neither ${CPU_SOURCES.join(' nor ')} was collected of every row.`
      : `CPU: time of both threads for each delivered item, by ${cpuSource}.`,
    points.some(({ isBelowFloor }) => isBelowFloor) ? BELOW_FLOOR : '',
    note,
  ]
  return {
    alt: 'p99 latency against throughput by scenario; those that no other beats are marked',
    svg: frame({
      title: `Trade-off of latency, throughput${cpuSource === undefined ? ' and drops' : ', drops and CPU'} — ${name}`,
      subtitle: `further up is more items, further left a lower p99; drops ${cpuSource === undefined ? '' : 'and CPU time '}count too and have no axis`,
      description: `Beaten by no other: ${front.map((point) => cutMiddle(point.name, 80)).join(', ')}. ${points.map(title).join('. ')}.`,
      caption: caption.filter((text) => text !== '').join(' '),
      content: axes + marks,
      height,
    }),
  }
}
