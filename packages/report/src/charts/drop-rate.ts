import { proportion } from '../format.js'
import { drawCellRows } from './cell-rows.js'
import { COLORS } from './palette.js'
import type { Chart } from './picture.js'

/** Dropped items per offered item of each scenario. */
export const dropRate: Chart = (records, name) =>
  drawCellRows({
    title: `Drop rate — ${name}`,
    subtitle: 'dropped / offered items, from 0 to 1; further left is less',
    axis: 'drop rate (proportion)',
    alt: 'Drop rate by scenario: dropped per offered items of every replicate, their median and its interval',
    format: proportion,
    series: [
      {
        value: (record) => (record.status === 'ok' ? record.drop_rate : undefined),
        color: COLORS.vermillion,
        symbol: 'circle',
      },
    ],
    records,
  })
