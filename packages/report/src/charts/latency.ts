import { type Distribution, distributionOf } from '../distribution.js'
import { floorOf } from '../floor.js'
import { atMost, fixed } from '../format.js'
import { drawCellRows, type Series } from './cell-rows.js'
import { COLORS } from './palette.js'
import type { Chart } from './picture.js'

function milliseconds(ns: number | undefined): number | undefined {
  return ns === undefined ? undefined : ns / 1e6
}

function percentile(figure: keyof Distribution): Pick<Series, 'value' | 'floor'> {
  return {
    value: (record) => milliseconds(distributionOf(record, 'latency')?.[figure]),
    floor: (record) => milliseconds(floorOf(record)),
  }
}

/** Percentiles of the latency of each scenario: p50, p95 and p99, bounds where they lie below the floor. */
export const latency: Chart = (records, name) =>
  drawCellRows({
    title: `Latency — ${name}`,
    subtitle: 'push to pop, of delivered items; further left is faster',
    axis: 'latency (ms)',
    alt: 'Latency by scenario: p50, p95 and p99 of every replicate, their median and its interval',
    format: (ms) => `${fixed(ms, 3)} ms`,
    formatBound: (ms) => `${atMost(ms, 3)} ms`,
    series: [
      { name: 'p50', ...percentile('p50_ns'), color: COLORS.blue, symbol: 'circle' },
      { name: 'p95', ...percentile('p95_ns'), color: COLORS.green, symbol: 'square' },
      { name: 'p99', ...percentile('p99_ns'), color: COLORS.vermillion, symbol: 'diamond' },
    ],
    records,
  })
