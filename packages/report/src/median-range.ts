import { extent, median } from 'simple-statistics'

/**
 * The median of what replicates gave and, where there are at least two, their range; `undefined` where there are none.
 *
 * @example
 * medianAndRange([3, 1, 2], String) // '2 (1–3)'
 */
export function medianAndRange(
  values: readonly number[],
  format: (value: number) => string,
  dash = '–',
): string | undefined {
  if (values.length === 0) return undefined
  const middle = format(median([...values]))
  if (values.length === 1) return middle
  const [lowest, highest] = extent([...values])
  return `${middle} (${format(lowest)}${dash}${format(highest)})`
}
