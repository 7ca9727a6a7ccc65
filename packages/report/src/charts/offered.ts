import { fixed } from '../format.js'
import { drawCellRows, type Series } from './cell-rows.js'
import { COLORS } from './palette.js'
import type { Chart } from './picture.js'

/** What was asked for, offered and delivered per second: the distance between the first two is the pacer's. */
export const offered: Chart = (records, name) => {
  if (!records.some((record) => record.status === 'ok')) return undefined
  const planned: Series = {
    name: 'planned',
    value: (record) => (record.status === 'ok' ? record.planned_ops_s : undefined),
    color: COLORS.grey,
    symbol: 'diamond',
    notApplicable: 'none: as fast as possible',
  }
  const asksForRate = records.some((record) => planned.value(record) !== undefined)
  return drawCellRows({
    title: `Offered and delivered — ${name}`,
    subtitle: `items per wall second${asksForRate ? '; planned: what the interval asks for' : ''}`,
    axis: 'rate (items/s)',
    alt: 'Offered and delivered items per second by scenario, beside what the interval asks for',
    format: (rate) => `${fixed(rate, 0)}/s`,
    series: [
      ...(asksForRate ? [planned] : []),
      {
        name: 'offered',
        value: (record) => (record.status === 'ok' ? record.offered_ops_s : undefined),
        color: COLORS.vermillion,
        symbol: 'square',
      },
      {
        name: 'delivered',
        value: (record) => (record.status === 'ok' ? record.ops_s : undefined),
        color: COLORS.blue,
        symbol: 'circle',
      },
    ],
    records,
  })
}
