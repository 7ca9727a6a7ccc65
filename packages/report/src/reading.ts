import { median } from 'simple-statistics'

/** What one record says of a figure: the value, or only that it lies below its floor. */
export interface Reading {
  /** Below the floor: the floor, which the value can't exceed. */
  readonly value: number
  readonly isBelow: boolean
}

/** @param floor below it a value means nothing; `undefined` where there is none */
export function readingOf(value: number, floor: number | undefined): Reading {
  const least = floor ?? value
  return { value: Math.max(value, least), isBelow: value < least }
}

/** Ascending; of equal ones those below their floor come first. */
export function ascending(readings: readonly Reading[]): readonly Reading[] {
  return [...readings].sort((a, b) => a.value - b.value || Number(b.isBelow) - Number(a.isBelow))
}

/**
 * The k-th smallest, k from 1. With floors for values it is a bound, and exact where no reading at it or above is only a
 * bound: what lies below one may lie anywhere below.
 *
 * @param readings ascending
 */
export function kthOf(readings: readonly Reading[], k: number): Reading {
  const { value } = readings[k - 1] as Reading
  return { value, isBelow: readings.some((reading) => reading.isBelow && reading.value >= value) }
}

/**
 * A reading below its floor counts as the floor, which it can't exceed. The median of such bounds is one of the median,
 * and exact where all were measured that lie in the middle or above.
 *
 * @param readings ascending, at least one
 */
export function medianOf(readings: readonly Reading[]): Reading {
  const { isBelow } = kthOf(readings, (readings.length + 1) >> 1)
  return { value: median(readings.map(({ value }) => value)), isBelow }
}
