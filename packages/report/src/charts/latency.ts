import type { ResultRecord } from '@spsc/core'
import { type Distribution, distributionOf } from '../distribution.js'
import { fixed } from '../format.js'
import { drawCellRows } from './cell-rows.js'
import { COLORS } from './palette.js'
import type { Chart } from './picture.js'

function percentile(figure: keyof Distribution) {
  return (record: ResultRecord) => {
    const ns = distributionOf(record, 'latency')?.[figure]
    return ns === undefined ? undefined : ns / 1e6
  }
}

/** Percentiles of the latency of each scenario: p50, p95 and p99. */
export const latency: Chart = (records, name) =>
  drawCellRows({
    title: `Latency — ${name}`,
    subtitle: 'push to pop, of delivered items; further left is faster',
    axis: 'latency (ms)',
    alt: 'Latency by scenario: p50, p95 and p99 of every replicate, their median and its interval',
    format: (ms) => `${fixed(ms, 3)} ms`,
    series: [
      { name: 'p50', value: percentile('p50_ns'), color: COLORS.blue, symbol: 'circle' },
      { name: 'p95', value: percentile('p95_ns'), color: COLORS.green, symbol: 'square' },
      { name: 'p99', value: percentile('p99_ns'), color: COLORS.vermillion, symbol: 'diamond' },
    ],
    records,
  })
