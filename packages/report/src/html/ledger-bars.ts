import { LEDGER_SEGMENTS, type ResultRecord } from '@spsc/core'
import { ledgerBars } from '../ledger-table.js'
import { oneLine } from '../text.js'
import { escapeHtml } from './escape.js'

const WIDTH = 1000
const HEIGHT = 20

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/** One bar of the whole width, whatever its total: the shares are compared, the totals stand beside. */
function barSvg(segments: readonly (number | undefined)[]): string {
  const sum = segments.reduce<number>((total, ns) => total + (ns ?? 0), 0)
  let x = 0
  const rects = segments.flatMap((ns = 0, index) => {
    if (ns <= 0) return []
    const width = (WIDTH * ns) / sum
    const title = `${LEDGER_SEGMENTS[index]}: ${percent(ns / sum)}`
    const rect = `<rect class="fill-${index}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="${HEIGHT}"><title>${title}</title></rect>`
    x += width
    return [rect]
  })
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false">${rects.join('')}</svg>`
}

/** What items spent their time on, as bars of shares; the figures are in the table of the section. Empty where none. */
export function ledgerBarsHtml(records: readonly ResultRecord[]): string {
  const bars = ledgerBars(records)
  if (bars.length === 0) return ''
  const key = LEDGER_SEGMENTS.map(
    (segment, index) =>
      `<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="fill-${index}" width="12" height="12"/></svg>${segment}</li>`,
  )
  const rows = bars.map(
    ({ name, view, total, segments }) =>
      `<li><span class="bar-name">${escapeHtml(oneLine(name))}, ${view}</span><span class="bar-total">${escapeHtml(total)}</span>${barSvg(segments)}</li>`,
  )
  return [
    '<p>Shares of the time from due to done, by what it was spent on; the figures are in the table below.</p>',
    `<ul class="key" aria-label="Colours of the bars">${key.join('')}</ul>`,
    `<ul class="bars">\n${rows.join('\n')}\n</ul>`,
  ].join('\n')
}
