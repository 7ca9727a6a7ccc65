import { fixed } from '../format.js'
import { drawCellRows } from './cell-rows.js'
import { COLORS } from './palette.js'
import type { Chart } from './picture.js'

/** Delivered items per second of each scenario. */
export const throughput: Chart = (records, name) =>
  drawCellRows({
    title: `Throughput — ${name}`,
    subtitle: 'delivered items per wall second; further right is more',
    axis: 'throughput (items/s)',
    alt: 'Throughput by scenario: delivered items per second of every replicate, their median and its interval',
    format: (rate) => `${fixed(rate, 0)}/s`,
    series: [
      {
        value: (record) => (record.status === 'ok' ? record.ops_s : undefined),
        color: COLORS.blue,
        symbol: 'circle',
      },
    ],
    records,
  })
