import { type Block, columnsOf } from './section.js'
import type { Row, Table } from './table.js'

function cellsOf({ names, figures, failure }: Row, width: number) {
  if (failure === undefined) return [...names, ...figures]
  return [...names, failure, ...Array<string>(width - 1).fill('')]
}

/** The seed's table, or one like it, as a block. */
export function tableBlock({ header, rows }: Table): Block {
  return {
    table: {
      columns: columnsOf(header.names, header.figures),
      rows: rows.map((row) => cellsOf(row, header.figures.length)),
    },
  }
}
