import type { ResultRecord } from '@spsc/core'
import { hasFloors, tableOf } from './rows.js'
import type { Row, Table } from './table.js'
import { cut, WIDTH } from './terminal-lines.js'
import { oneLine } from './text.js'

const GAP = '  '
/** Where the names don't fit otherwise. */
const NARROW_GAP = ' '

interface Line {
  readonly names: readonly string[]
  readonly figures: readonly string[]
  /** Stands across the figures. */
  readonly failure?: string
}

function medianLine({ names, figures, failure }: Row): Line {
  const line = { names: names.map(oneLine), figures: figures.map(({ median }) => median) }
  return failure === undefined ? line : { ...line, failure: oneLine(failure) }
}

function linesWithRange(row: Row): readonly Line[] {
  const ranges = row.figures.map(({ range }) => range ?? '')
  const line = medianLine(row)
  return ranges.every((range) => range === '') ? [line] : [line, { names: row.names.map(() => ''), figures: ranges }]
}

function widthsOf(rows: readonly (readonly string[])[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
}

function widthOf(columns: readonly number[], gap: string): number {
  return columns.reduce((sum, width) => sum + width + gap.length, 0)
}

function layOut(header: Line, body: readonly Line[], gap: string) {
  const lines = [header, ...body]
  const names = widthsOf(lines.map((line) => line.names))
  const figures = widthsOf(lines.map((line) => line.figures))
  return { lines, names, figures, gap, width: widthOf(names, gap) + widthOf(figures, gap) - gap.length }
}

/** Columns of its beginning that a label keeps: `affinity-both` but for the last letters. */
const HEAD = 11

/** A path says what it is at its end, a cell of a matrix (`affinity queue-cap=8`) at both. */
function cutName(name: string, width: number): string {
  if (name.length <= width) return name
  const head = name.includes('=') && width > 2 * HEAD ? HEAD : 0
  if (head === 0 && !name.includes('/')) return cut(name, width)
  return `${name.slice(0, head)}…${name.slice(name.length - width + head + 1)}`
}

/** Takes from the widest name, column by column, until the names fit into `room`. */
function shrink(names: readonly number[], gap: string, room: number): readonly number[] {
  const widths = [...names]
  for (let excess = widthOf(widths, gap) - room; excess > 0; excess--) {
    const widest = widths.indexOf(Math.max(...widths))
    widths[widest] = (widths[widest] as number) - 1
  }
  return widths
}

function draw({ lines, names, figures, gap }: ReturnType<typeof layOut>): readonly string[] {
  const widths = shrink(names, gap, WIDTH - widthOf(figures, gap) + gap.length)
  return lines.map((line) => {
    const left = line.names.map((name, column) => {
      const width = widths[column] as number
      return cutName(name, width).padEnd(width)
    })
    const right = line.figures.map((figure, column) => figure.padStart(figures[column] as number))
    return cut([...left, ...(line.failure === undefined ? right : [line.failure])].join(gap).trimEnd())
  })
}

function hasRanges({ rows }: Table): boolean {
  return rows.some(({ figures }) => figures.some(({ range }) => range !== undefined))
}

/** Where names are too long, what every scenario begins with is said once: a matrix differs at the end. */
function withoutSharedWords(rows: readonly Row[]): { readonly shared: string; readonly rows: readonly Row[] } {
  const names = rows.map((row) => oneLine(row.names[0] as string).split(' '))
  const [first = []] = names
  // Each keeps its last word at least.
  const most = Math.min(...names.map((words) => words.length - 1))
  const found = first.findIndex((word, index) => index >= most || names.some((words) => words[index] !== word))
  const differs = names.length < 2 ? 0 : found
  if (differs < 1) return { shared: '', rows }
  const rest = (row: Row, index: number) => [(names[index] as string[]).slice(differs).join(' '), ...row.names.slice(1)]
  return {
    shared: first.slice(0, differs).join(' '),
    rows: rows.map((row, index) => ({ ...row, names: rest(row, index) })),
  }
}

export interface TableOptions {
  /** Rows at most; a last line says how many more there are. */
  readonly maxRows?: number
}

/**
 * The seed's table as plain text of at most 80 columns, for a terminal: medians, and their range over replicates on a
 * line below. Where ranges don't fit they are left out, and a line below says so, as one does where a figure lies below
 * the floor, and where there are more rows; long names lose what all share, which a line says, or are cut.
 *
 * @example
 * toTable(records)
 * // scenario  p50 (ms)  p95 (ms)  p99 (ms)  ops/s   drop
 * // baseline     0.060     0.122     0.299    447  0.000
 */
export function toTable(records: readonly ResultRecord[], options: TableOptions = {}): string {
  return drawTable(tableOf(records), options)
}

/** Any table of figures in the same way; `tableOf` makes the seed's. */
export function drawTable(all: Table, { maxRows = Number.POSITIVE_INFINITY }: TableOptions = {}): string {
  const table = { ...all, rows: all.rows.slice(0, maxRows) }
  const hidden = all.rows.length - table.rows.length
  const more = hidden > 0 ? [`${hidden} more ${hidden === 1 ? 'row is' : 'rows are'} in the report and the CSV.`] : []
  const full = layOut(table.header, table.rows.flatMap(linesWithRange), GAP)
  const floors = hasFloors(table) ? ['<: below what this run could measure; see the certificate in the report.'] : []
  if (full.width <= WIDTH) return `${[...draw(full), ...more, ...floors].join('\n')}\n`
  const { shared, rows } = withoutSharedWords(table.rows)
  const lines = rows.map(medianLine)
  const roomy = layOut(table.header, lines, GAP)
  const medians = draw(roomy.width <= WIDTH ? roomy : layOut(table.header, lines, NARROW_GAP))
  const common = shared === '' ? [] : [`Every scenario is of ${cut(shared, WIDTH - 22)}.`]
  const note = hasRanges(table) ? ['Medians over replicates; their ranges are in the report.'] : []
  return `${[...medians, ...common, ...more, ...note, ...floors].join('\n')}\n`
}
