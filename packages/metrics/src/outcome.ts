import { ABSENT_TIME, type Trace } from '@spsc/core'

/**
 * What became of a sampled item: `delivered`, `dropped` at a full queue, or `lost` — pushed and never popped, which a
 * sound queue never does.
 */
export type Outcome = 'delivered' | 'dropped' | 'lost'

/** @param row below `traceLength(trace)` */
export function outcomeOf(trace: Trace, row: number): Outcome {
  if (trace.pushed[row] === ABSENT_TIME) return 'dropped'
  return trace.popped[row] === ABSENT_TIME ? 'lost' : 'delivered'
}

/**
 * Nanoseconds from the cell of one column to that of another in the same row, negative where the clock says so;
 * `undefined` where either was not taken. Signed, since a difference of unsigned 64-bit words would wrap a negative
 * latency to 585 years.
 */
export function between(from: BigUint64Array, to: BigUint64Array, row: number): bigint | undefined {
  const start = from[row]
  const end = to[row]
  if (start === undefined || end === undefined || start === ABSENT_TIME || end === ABSENT_TIME) return undefined
  return end - start
}
