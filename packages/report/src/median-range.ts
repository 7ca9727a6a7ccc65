import { extent, median } from 'simple-statistics'
import type { Figure } from './table.js'

/**
 * The median of at least one value, and the range of two or more.
 *
 * @example
 * medianAndRange([3, 1, 2], String) // { median: '2', range: '1–3' }
 */
export function medianAndRange(values: readonly number[], format: (value: number) => string, dash = '–'): Figure {
  const middle = format(median([...values]))
  if (values.length === 1) return { median: middle }
  const [lowest, highest] = extent([...values])
  return { median: middle, range: `${format(lowest)}${dash}${format(highest)}` }
}

/** A figure in one line. @example figureText({ median: '2', range: '1–3' }) // '2 (1–3)' */
export function figureText({ median: middle, range }: Figure): string {
  return range === undefined ? middle : `${middle} (${range})`
}

/** {@link medianAndRange} in one line. */
export function spreadText(...given: Parameters<typeof medianAndRange>): string {
  return figureText(medianAndRange(...given))
}
