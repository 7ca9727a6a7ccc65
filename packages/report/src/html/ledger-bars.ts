import { LEDGER_SEGMENTS, type ResultRecord } from '@spsc/core'
import { cellsOf } from '../cells.js'
import { fixed } from '../format.js'
import { type LedgerLine, ledgerOf, VIEWS } from '../ledger.js'
import { labelsOfCells } from './collect.js'
import { escapeHtml } from './escape.js'

const WIDTH = 1000
const HEIGHT = 20

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

/**
 * One bar, whatever its total: shares are compared, totals stand beside. Each segment is a median over replicates by
 * itself, so together they may be less than the total, which leaves a gap, or more.
 */
function barSvg({ total, segments }: LedgerLine): string {
  const whole = Math.max(
    total,
    segments.reduce<number>((sum, ns) => sum + (ns ?? 0), 0),
  )
  let x = 0
  const rects = segments.flatMap((ns = 0, index) => {
    if (ns <= 0) return []
    const width = (WIDTH * ns) / whole
    const title = `${LEDGER_SEGMENTS[index]}: ${percent(ns / whole)}`
    const rect = `<rect class="fill-${index}" x="${x.toFixed(2)}" width="${width.toFixed(2)}" height="${HEIGHT}"><title>${title}</title></rect>`
    x += width
    return [rect]
  })
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" preserveAspectRatio="none" aria-hidden="true" focusable="false"><rect class="rest" width="${WIDTH}" height="${HEIGHT}"/>${rects.join('')}</svg>`
}

/** What items spent their time on, as bars of shares; the figures are in the table of the section. Empty where none. */
export function ledgerBarsHtml(records: readonly ResultRecord[]): string {
  const cells = cellsOf(records)
  const labels = labelsOfCells(cells)
  const rows = cells.flatMap((cell, index) => {
    const ledger = ledgerOf(cell)
    return (ledger?.lines ?? []).map((line) => {
      const name = escapeHtml(`${labels[index]}, ${VIEWS[line.view]}`)
      const total = `${fixed(line.total / 1e6, 3)} ms`
      return `<li><span>${name}</span><span class="bar-total">${total}</span>${barSvg(line)}</li>`
    })
  })
  if (rows.length === 0) return ''
  const key = LEDGER_SEGMENTS.map(
    (segment, index) =>
      `<li><svg viewBox="0 0 12 12" aria-hidden="true"><rect class="fill-${index}" width="12" height="12"/></svg>${segment}</li>`,
  )
  return [
    '<p>Shares of the total by what it was spent on; the figures are in the table below. Each is a median over replicates by itself, so where replicates differ a bar may end early.</p>',
    `<ul class="key" aria-label="Colours of the bars">${key.join('')}</ul>`,
    `<ul class="bars">\n${rows.join('\n')}\n</ul>`,
  ].join('\n')
}
