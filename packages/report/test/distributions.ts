import type { LatencySummary, MeasuredRecord } from '@spsc/core'
import { latency, measured, withLatency } from './records.js'

/** A stored distribution of these whole nanoseconds, one bucket a value. */
export function distribution(values: readonly number[]): LatencySummary {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] as number
  return {
    ...latency(at(0.5), at(0.95), at(0.99)),
    n: sorted.length,
    min_ns: at(0),
    max_ns: at(1),
    p99_9_ns: at(0.999),
    buckets: sorted.map((value) => [value, 1, 1] as const),
  }
}

/** A hundred items of `ns`, 2·`ns` … 100·`ns`. */
export function ramp(ns: number): LatencySummary {
  return distribution(Array.from({ length: 100 }, (_, index) => (index + 1) * ns))
}

/** `count` replicates of a cell, the k-th with latencies of k · 1 µs, 2 µs … 100 µs. */
export function replicates(count: number, changes: Partial<MeasuredRecord> = {}): MeasuredRecord[] {
  return Array.from({ length: count }, (_, index) =>
    measured({ replicate: index + 1, collectors: withLatency(ramp(1000 * (index + 1))), ...changes }),
  )
}
