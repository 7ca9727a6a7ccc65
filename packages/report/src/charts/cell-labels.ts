import type { Cell } from '../cells.js'
import { chop, cutMiddle, plain, wrap } from './lettering.js'

/** Cells that one picture holds; what is beyond stands in the CSV. */
const MAX_CELLS = 100

/** The cells that are drawn, and what a caption says of those that are not. */
export function drawnCells(cells: readonly Cell[]): { readonly drawn: readonly Cell[]; readonly note: string } {
  if (cells.length <= MAX_CELLS) return { drawn: cells, note: '' }
  const note = `The first ${MAX_CELLS} of ${cells.length} rows; the others are in the CSV.`
  return { drawn: cells.slice(0, MAX_CELLS), note }
}

/** Names of cells, whole: the scenario, and the queue where there are several. */
export function cellNames(cells: readonly Cell[]): readonly string[] {
  const severalQueues = new Set(cells.map(({ queue }) => queue)).size > 1
  return cells.map(({ scenario, queue }) => plain(severalQueues ? `${scenario} · ${queue}` : scenario))
}

/**
 * Names of cells in at most `lines` lines of `width` characters, cut in the middle where they are longer; numbered
 * where two would read the same.
 */
export function cellLabels(cells: readonly Cell[], width: number, lines: number): readonly (readonly string[])[] {
  const names = cellNames(cells)
  const fit = (name: string) => {
    const wrapped = wrap(name, width)
    return wrapped.length <= lines ? wrapped : chop(cutMiddle(name, (width - 1) * lines), width)
  }
  const labels = names.map(fit)
  const seen = new Map<string, number>()
  const texts = labels.map((label) => label.join('\n'))
  for (const text of texts) seen.set(text, (seen.get(text) ?? 0) + 1)
  return labels.map((label, index) => {
    const text = texts[index] as string
    return text !== '' && seen.get(text) === 1 ? label : fit(`#${index + 1} ${names[index]}`)
  })
}

/**
 * How many replicates stand behind a cell's figures.
 *
 * @param drawn those of its records that have the figures
 *
 * @example 'n = 9 of 10'
 */
export function countLabel({ records }: Cell, drawn: number): string {
  const invalid = records.filter((record) => record.status === 'ok' && record.invalid !== undefined).length
  const count = drawn === records.length ? `n = ${drawn}` : `n = ${drawn} of ${records.length}`
  return invalid === 0 ? count : `${count}, ${invalid} invalid`
}

/** Why a cell has no mark for a figure. */
export function gapLabel({ records }: Cell): string {
  const codes = records.flatMap((record) => (record.status === 'failed' ? [plain(record.error.code)] : []))
  return codes.length === records.length ? `failed: ${[...new Set(codes)].join(', ')}` : 'unavailable'
}
