import * as Plot from '@observablehq/plot'
import { LEDGER_SEGMENTS, type LedgerSegment } from '@spsc/core'
import { type Cell, cellsOf } from '../cells.js'
import { fixed } from '../format.js'
import {
  type CellLedger,
  heldBy,
  type LedgerLine,
  largestOf,
  ledgerOf,
  MEANINGS,
  segmentName,
  sumsNote,
  VIEWS,
  type View,
} from '../ledger.js'
import { cellLabels, cellNames, countLabel, drawnCells, gapLabel } from './cell-labels.js'
import { draw } from './drawing.js'
import { frame } from './frame.js'
import { chop, cutMiddle, LINE_HEIGHT, MARGIN, plain, SMALL_FONT_SIZE, WIDTH } from './lettering.js'
import { BAND, FILLS, GRID, INK, MUTED_INK, PAPER } from './palette.js'
import type { Chart } from './picture.js'
import { type Scale, scaleOf, tickText } from './scale.js'

/** Waiting for a CPU that another thread has is in the strongest colour of the producer, the consumer and its service. */
const COLOR_OF: Readonly<Record<LedgerSegment, string>> = {
  p_late: FILLS.orange,
  p_runq: FILLS.vermillion,
  p_own: FILLS.yellow,
  c_wake: FILLS.sky,
  c_runq: FILLS.blue,
  s_cpu: FILLS.green,
  s_runq: FILLS.purple,
  s_off: FILLS.grey,
}
/** On these INK is too faint. */
const DARK: readonly string[] = [FILLS.blue, FILLS.grey]

const NAME_WIDTH = 146
const NAME_CHARACTERS = 21
const NAME_LINES = 3
const GAP = 26
/** Right of each panel, for what lies beyond its axis. */
const BEYOND_WIDTH = 10
const PANEL_WIDTH = (WIDTH - 2 * MARGIN - NAME_WIDTH - GAP - BEYOND_WIDTH) / 2
const LEFT: Readonly<Record<View, number>> = {
  median_band: MARGIN + NAME_WIDTH,
  worst: MARGIN + NAME_WIDTH + PANEL_WIDTH + GAP,
}
const WHOSE: Readonly<Record<View, string>> = {
  median_band: `${VIEWS.median_band}: 40th to 60th percentile`,
  worst: VIEWS.worst,
}
const HEADER_HEIGHT = 20
const AXIS_HEIGHT = 48
const KEY_LINE_HEIGHT = LINE_HEIGHT + 3
const ROW_PADDING = 6
const FIGURE_HEIGHT = 16
const BAR_HEIGHT = 14
const TICKS_HEIGHT = 9
/** Of a letter, in fonts wider than ours too. */
const CHARACTER_WIDTH = 6.4
const FIGURE_CHARACTERS = Math.floor(PANEL_WIDTH / CHARACTER_WIDTH)
const NOTE_CHARACTERS = Math.floor((2 * PANEL_WIDTH + GAP) / CHARACTER_WIDTH)
/** Ticks that half a picture has room for. */
const MOST_TICKS = 4
const DESCRIBED_CELLS = 20

interface Row {
  readonly name: string
  /** Lines of its name. */
  readonly label: readonly string[]
  readonly counts: readonly string[]
  /** Absent: no replicate has one. */
  readonly ledger?: CellLedger
  /** What is to be said of it. */
  readonly notes: readonly string[]
  readonly top: number
  readonly height: number
}

/** One segment of a stack. */
interface Part {
  readonly segment: LedgerSegment
  readonly from: number
  readonly to: number
  readonly y: number
  readonly title: string
}

const milliseconds = (ns: number) => `${fixed(ns / 1e6, 3)} ms`
const percent = (share: number) => (share > 0 && share < 0.005 ? '<1 %' : `${Math.round(100 * share)} %`)

function notesOf(cell: Cell, ledger: CellLedger | undefined): readonly string[] {
  if (ledger === undefined) return [gapLabel(cell)]
  const { gaps, reasons } = ledger
  const untold = gaps.map(({ segment }) => segment).join(', ')
  return [
    ...reasons.map((reason) => `unavailable: ${reason}`),
    ...(untold === '' ? [] : [`could not be told apart: ${untold}`]),
    ...sumsNote(ledger),
  ]
}

/** @param showsTotals says in each row what is added up */
function layOut(
  cells: readonly Cell[],
  showsTotals: boolean,
): { readonly rows: readonly Row[]; readonly bottom: number } {
  const names = cellNames(cells)
  const labels = cellLabels(cells, NAME_CHARACTERS, NAME_LINES)
  let bottom = HEADER_HEIGHT
  const rows = cells.map((cell, index) => {
    const found = ledgerOf(cell)
    const label = labels[index] as readonly string[]
    const { about } = found ?? {}
    const counts = [
      countLabel(cell, found?.ledgers.length ?? 0),
      ...(about === undefined || !showsTotals ? [] : [plain(about)]),
    ]
    const notes = notesOf(cell, found).map((note) => cutMiddle(plain(note), NOTE_CHARACTERS))
    const bars = about === undefined ? 0 : FIGURE_HEIGHT + BAR_HEIGHT + TICKS_HEIGHT
    const content = Math.max((label.length + counts.length) * LINE_HEIGHT, bars + notes.length * LINE_HEIGHT)
    const top = bottom
    const height = content + 2 * ROW_PADDING
    bottom += height
    const row = { name: cutMiddle(names[index] as string, 80), label, counts, notes, top, height }
    return found === undefined || about === undefined ? row : { ...row, ledger: found }
  })
  return { rows, bottom }
}

function lineOf(ledger: CellLedger, view: View): LedgerLine {
  return ledger.lines.find((line) => line.view === view) as LedgerLine
}

function lineText(line: LedgerLine, ledger: CellLedger): string {
  const { segment, share } = largestOf(line)
  return `${milliseconds(line.total)}, ${percent(share)} ${[segment, ...heldBy(segment, ledger)].join(' + ')}`
}

/** What comes first matters most. */
function cutEnd(text: string, width: number): string {
  return text.length <= width ? text : `${chop(text, width - 1)[0]}…`
}

function barTop({ top }: Row): number {
  return top + ROW_PADDING + FIGURE_HEIGHT
}

/** The segments of a row, end to end in the order in which an item meets them. */
function partsOf(row: Row, ledger: CellLedger, view: View): readonly Part[] {
  const line = lineOf(ledger, view)
  let to = 0
  return LEDGER_SEGMENTS.flatMap((segment, index) => {
    const ns = line.segments[index] ?? 0
    if (ns === 0) return []
    const from = to
    to += ns / 1e6
    const share = line.total === 0 ? 0 : ns / line.total
    const title = `${row.name}, ${VIEWS[view]}: ${segmentName(segment, ledger)} ${milliseconds(ns)}, ${percent(share)}`
    return [{ segment, from, to, y: barTop(row), title: plain(title) }]
  })
}

function drawPanel(view: View, rows: readonly Row[], bottom: number): string {
  const left = LEFT[view]
  const measured = rows.flatMap((row) => (row.ledger === undefined ? [] : [{ row, ledger: row.ledger }]))
  const parts = measured.flatMap(({ row, ledger }) => partsOf(row, ledger, view))
  const several = measured.filter(({ ledger }) => ledger.ledgers.length > 1)
  const medians = several.map(({ row, ledger }) => ({ row, total: lineOf(ledger, view).total / 1e6 }))
  const high = [...parts.map(({ to }) => to), ...medians.map(({ total }) => total)].reduce((a, b) => Math.max(a, b), 0)
  const scale: Scale = scaleOf([high], { mostTicks: MOST_TICKS })
  const totals = several.flatMap(({ row, ledger }) =>
    ledger.ledgers.map(({ replicate, data }) => {
      const { mean_total_ns } = data[view]
      const title = plain(`${row.name}, ${VIEWS[view]}, replicate ${replicate}: ${milliseconds(mean_total_ns)}`)
      return { row, total: mean_total_ns / 1e6, title }
    }),
  )
  const isBeyond = ({ total }: (typeof totals)[number]) => total > scale.domain[1]
  const ticks = [...scale.ticks]
  const isWide = ({ segment, from, to }: Part) =>
    ((to - from) / scale.domain[1]) * PANEL_WIDTH >= segment.length * CHARACTER_WIDTH + 4
  const grid = measured.flatMap(({ row }) => ticks.map((x) => ({ x, y: barTop(row) })))
  const atLeft = { frameAnchor: 'left', textAnchor: 'start' } as const
  return draw({
    width: WIDTH,
    height: bottom + AXIS_HEIGHT,
    marginLeft: left,
    marginRight: WIDTH - left - PANEL_WIDTH,
    marginTop: HEADER_HEIGHT,
    marginBottom: AXIS_HEIGHT,
    x: { type: scale.type, domain: [...scale.domain] },
    y: { type: 'identity', axis: null },
    color: { type: 'identity' },
    marks: [
      Plot.ruleX(grid, { x: 'x', y1: 'y', y2: ({ y }) => y + BAR_HEIGHT + TICKS_HEIGHT, stroke: GRID }),
      Plot.axisX(ticks, { text: tickText, label: null, tickSize: 4 }),
      Plot.text(['time per item (ms)'], { frameAnchor: 'bottom', dy: 36 }),
      Plot.text([WHOSE[view]], { ...atLeft, y: () => HEADER_HEIGHT / 2, fill: MUTED_INK }),
      Plot.text(measured, {
        ...atLeft,
        y: ({ row }) => row.top + ROW_PADDING + FIGURE_HEIGHT / 2,
        text: ({ ledger }) => cutEnd(plain(lineText(lineOf(ledger, view), ledger)), FIGURE_CHARACTERS),
      }),
      Plot.rect(parts, {
        x1: 'from',
        x2: 'to',
        y1: 'y',
        y2: ({ y }) => y + BAR_HEIGHT,
        fill: ({ segment }: Part) => COLOR_OF[segment],
        stroke: PAPER,
        strokeWidth: 0.4,
        title: 'title',
      }),
      Plot.text(parts.filter(isWide), {
        x: ({ from, to }: Part) => (from + to) / 2,
        y: ({ y }: Part) => y + BAR_HEIGHT / 2,
        text: 'segment',
        fontSize: SMALL_FONT_SIZE,
        fill: ({ segment }: Part) => (DARK.includes(COLOR_OF[segment]) ? PAPER : INK),
      }),
      Plot.ruleX(
        totals.filter((total) => !isBeyond(total)),
        {
          x: 'total',
          y1: ({ row }) => barTop(row) + BAR_HEIGHT + 2,
          y2: ({ row }) => barTop(row) + BAR_HEIGHT + TICKS_HEIGHT - 1,
          stroke: MUTED_INK,
          strokeWidth: 1.5,
          title: 'title',
        },
      ),
      Plot.text(totals.filter(isBeyond), {
        frameAnchor: 'right',
        textAnchor: 'start',
        dx: 1,
        y: ({ row }) => barTop(row) + BAR_HEIGHT + TICKS_HEIGHT / 2,
        text: () => '>',
        fontSize: SMALL_FONT_SIZE,
        fill: MUTED_INK,
        title: 'title',
      }),
      Plot.ruleX(medians, {
        x: 'total',
        y1: ({ row }) => barTop(row) - 2,
        y2: ({ row }) => barTop(row) + BAR_HEIGHT + 2,
        stroke: INK,
        strokeWidth: 2,
      }),
    ],
  })
}

/** What the panels share: a band behind every second row, names, notes, and what each segment is. */
function drawSides(rows: readonly Row[], bottom: number, keys: readonly LedgerSegment[]): string {
  const keyLine = (segment: LedgerSegment) => bottom + AXIS_HEIGHT + (keys.indexOf(segment) + 0.5) * KEY_LINE_HEIGHT
  const notes = rows.flatMap(({ ledger, notes, top }) => {
    const first = top + ROW_PADDING + (ledger === undefined ? 0 : FIGURE_HEIGHT + BAR_HEIGHT + TICKS_HEIGHT)
    return notes.map((text, line) => ({ text, y: first + (line + 0.5) * LINE_HEIGHT }))
  })
  const names = rows.flatMap(({ top, label, counts }) =>
    [...label, ...counts].map((text, line) => ({
      text,
      y: top + ROW_PADDING + (line + 0.5) * LINE_HEIGHT,
      fill: line < label.length ? INK : MUTED_INK,
    })),
  )
  return draw({
    width: WIDTH,
    height: bottom + AXIS_HEIGHT + keys.length * KEY_LINE_HEIGHT,
    margin: 0,
    x: { type: 'identity', axis: null },
    y: { type: 'identity', axis: null },
    color: { type: 'identity' },
    marks: [
      Plot.rect(
        rows.filter((_, index) => index % 2 === 0),
        { x1: MARGIN, x2: WIDTH - MARGIN, y1: 'top', y2: (row: Row) => row.top + row.height, fill: BAND },
      ),
      Plot.text(names, { x: MARGIN + 6, y: 'y', textAnchor: 'start', text: 'text', fill: 'fill' }),
      Plot.text(notes, {
        x: LEFT.median_band,
        y: 'y',
        textAnchor: 'start',
        text: 'text',
        fill: MUTED_INK,
        fontStyle: 'italic',
      }),
      Plot.rect(keys, {
        x1: MARGIN,
        x2: MARGIN + 12,
        y1: (segment: LedgerSegment) => keyLine(segment) - 6,
        y2: (segment: LedgerSegment) => keyLine(segment) + 6,
        fill: (segment: LedgerSegment) => COLOR_OF[segment],
      }),
      Plot.text(keys, {
        x: MARGIN + 20,
        y: keyLine,
        textAnchor: 'start',
        text: (segment: LedgerSegment) => `${segment}: ${MEANINGS[segment]}`,
      }),
    ],
  })
}

function describe(rows: readonly Row[]): string {
  const told = rows.slice(0, DESCRIBED_CELLS).map(({ name, ledger, counts, notes }) => {
    const views = (ledger?.lines ?? []).map((line) => `${VIEWS[line.view]} ${lineText(line, ledger as CellLedger)}`)
    return `${name}: ${[...views, ...notes].join('; ')} (${counts.join(', ')}).`
  })
  if (rows.length > DESCRIBED_CELLS) told.push(`And ${rows.length - DESCRIBED_CELLS} more.`)
  return told.join(' ')
}

/**
 * What items spent their time on: segments stacked to the whole, of the ordinary items and of the worst 1 %, which have
 * axes of their own. `undefined` where no replicate has a ledger.
 */
export const ledger: Chart = (records, name) => {
  const { drawn, note } = drawnCells(cellsOf(records))
  const abouts = new Set(drawn.flatMap((cell) => ledgerOf(cell)?.about ?? []))
  const { rows, bottom } = layOut(drawn, abouts.size > 1)
  const ledgers = rows.flatMap((row) => row.ledger ?? [])
  if (ledgers.length === 0) return undefined
  const keys = LEDGER_SEGMENTS.filter((_, index) =>
    ledgers.some(({ lines }) => lines.some(({ segments }) => segments[index] !== undefined)),
  )
  const hasGaps = ledgers.some(({ gaps }) => gaps.length > 0)
  const caption = [
    'Stacks: mean time per item. The two axes differ.',
    ledgers.some((one) => one.ledgers.length > 1)
      ? 'Each segment is its median over the replicates (n), so a stack may end beside the black mark: the median of the totals. Ticks below: each replicate’s total; >: beyond the axis.'
      : 'n = 1: one replicate, no spread; a difference can be chance.',
    hasGaps ? 'What could not be told apart is in another segment, if it was measured: the report says in which.' : '',
    note,
  ]
  return {
    alt: 'What items spent their time on by scenario, ordinary ones and the worst 1 %: segments stacked to the whole',
    svg: frame({
      title: `Latency ledger — ${name}`,
      subtitle: `what items spent their time on, ${abouts.size > 1 ? '' : `${[...abouts][0]}, `}in the order in which they meet it`,
      description: describe(rows),
      caption: caption.filter((text) => text !== '').join(' '),
      content:
        drawSides(rows, bottom, keys) + drawPanel('median_band', rows, bottom) + drawPanel('worst', rows, bottom),
      height: bottom + AXIS_HEIGHT + keys.length * KEY_LINE_HEIGHT,
    }),
  }
}
