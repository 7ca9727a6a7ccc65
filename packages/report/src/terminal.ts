import type { ResultRecord } from '@spsc/core'
import { type Row, type Table, tableOf } from './rows.js'
import { oneLine } from './text.js'

const WIDTH = 80
const GAP = '  '

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

function widthOf(columns: readonly number[]): number {
  return columns.reduce((sum, width) => sum + width + GAP.length, 0)
}

function layOut(header: Line, body: readonly Line[]) {
  const lines = [header, ...body]
  const names = widthsOf(lines.map((line) => line.names))
  const figures = widthsOf(lines.map((line) => line.figures))
  return { lines, names, figures, width: widthOf(names) + widthOf(figures) - GAP.length }
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

function draw({ lines, names, figures, width }: ReturnType<typeof layOut>): readonly string[] {
  const room = width <= WIDTH ? WIDTH : Math.floor((WIDTH - widthOf(figures)) / names.length)
  return lines.map((line) => {
    const left = line.names.map((name, column) => {
      const nameWidth = Math.min(names[column] as number, room)
      return cut(name, nameWidth).padEnd(nameWidth)
    })
    const right = line.figures.map((figure, column) => figure.padStart(figures[column] as number))
    return cut([...left, ...(line.failure === undefined ? right : [line.failure])].join(GAP).trimEnd(), WIDTH)
  })
}

function hasRanges({ rows }: Table): boolean {
  return rows.some(({ figures }) => figures.some(({ range }) => range !== undefined))
}

/**
 * The seed's table as plain text of at most 80 columns, for a terminal: medians, and their range over replicates on a
 * line below. Where ranges don't fit they are left out, and a last line says so; long names are cut.
 *
 * @example
 * toTable(records)
 * // scenario  p50 (ms)  p95 (ms)  p99 (ms)  ops/s   drop
 * // baseline     0.060     0.122     0.299    447  0.000
 */
export function toTable(records: readonly ResultRecord[]): string {
  const table = tableOf(records)
  const full = layOut(table.header, table.rows.flatMap(linesWithRange))
  if (full.width <= WIDTH) return `${draw(full).join('\n')}\n`
  const medians = draw(layOut(table.header, table.rows.map(medianLine)))
  const note = hasRanges(table) ? ['Medians over replicates; their ranges are in the report.'] : []
  return `${[...medians, ...note].join('\n')}\n`
}
