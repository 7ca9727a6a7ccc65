import { markdownTable } from 'markdown-table'
import { literal } from './markdown-text.js'
import type { Figure, Row, Table } from './rows.js'

function figureText({ median, range }: Figure): string {
  return range === undefined ? median : `${median} (${range})`
}

/** A table as Markdown, its names escaped. */
export function markdownRows({ header, rows }: Table): string {
  const width = header.figures.length
  const rowText = ({ names, figures, failure }: Row) => [
    ...names.map(literal),
    ...(failure === undefined ? figures.map(figureText) : [literal(failure), ...Array(width - 1).fill('')]),
  ]
  return markdownTable([[...header.names, ...header.figures], ...rows.map(rowText)], {
    align: [...header.names.map(() => 'l'), ...header.figures.map(() => 'r')],
  })
}
