import { extent, median } from 'simple-statistics'

/**
 * The median of at least one value, and the range of two or more.
 *
 * @example
 * spreadText([60, 71, 55], String) // '60 (55–71)'
 */
export function spreadText(values: readonly number[], format: (value: number) => string): string {
  const middle = format(median([...values]))
  if (values.length === 1) return middle
  const [lowest, highest] = extent([...values])
  return `${middle} (${format(lowest)}–${format(highest)})`
}
