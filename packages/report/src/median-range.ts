import { extent, median } from 'simple-statistics'

/**
 * The median of at least one value, and the range of two or more.
 *
 * @example
 * spreadText([3, 1, 2], String) // '2 (1–3)'
 */
export function spreadText(values: readonly number[], format: (value: number) => string, dash = '–'): string {
  const middle = format(median([...values]))
  if (values.length === 1) return middle
  const [lowest, highest] = extent([...values])
  return `${middle} (${format(lowest)}${dash}${format(highest)})`
}

/** {@link spreadText} of what replicates gave; `undefined` where none gave anything. */
export function medianAndRange(...given: Parameters<typeof spreadText>): string | undefined {
  return given[0].length === 0 ? undefined : spreadText(...given)
}
