import type { Block, Inline, Section, TableBlock } from '../section.js'
import type { Figure } from '../table.js'
import { harmless, oneLine } from '../text.js'
import { escapeHtml } from './escape.js'

/** Words of a report as HTML. */
export function inlineHtml(words: Inline): string {
  if (typeof words === 'string') return escapeHtml(harmless(words))
  if ('map' in words) return words.map(inlineHtml).join('')
  if ('code' in words) return `<code>${escapeHtml(oneLine(words.code))}</code>`
  return `<strong>${inlineHtml(words.strong)}</strong>`
}

function isFigure(cell: Inline | Figure): cell is Figure {
  return typeof cell === 'object' && 'median' in cell
}

function cellHtml(cell: Inline | Figure): string {
  if (!isFigure(cell)) return inlineHtml(cell)
  const { median, range } = cell
  if (range === undefined) return inlineHtml(median)
  return `${inlineHtml(median)} <span class="range">(${inlineHtml(range)})</span>`
}

/** A table in a box that scrolls by itself, with the keyboard too, so that a page stays as wide as its window. */
export function tableHtml({ columns, rows }: TableBlock, caption: string): string {
  const kinds = columns.map((column) => (column.isFigure ? ' class="number"' : ''))
  const head = columns.map(({ title }, index) => `<th scope="col"${kinds[index]}>${inlineHtml(title)}</th>`)
  const body = rows.map((row) => {
    const [first = '', ...others] = row.map(cellHtml)
    const cells = others.map((html, index) => `<td${kinds[index + 1]}>${html}</td>`)
    return `<tr><th scope="row">${first}</th>${cells.join('')}</tr>`
  })
  const label = escapeHtml(caption)
  return [
    `<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table><caption>${label}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${body.join('\n')}</tbody></table></div>`,
  ].join('\n')
}

function blockHtml(block: Block, caption: string): string {
  if ('paragraph' in block) return `<p>${inlineHtml(block.paragraph)}</p>`
  if ('note' in block) return `<p class="note">${inlineHtml(block.note)}</p>`
  if ('list' in block) return `<ul>\n${block.list.map((item) => `<li>${inlineHtml(item)}</li>`).join('\n')}\n</ul>`
  if ('table' in block) return tableHtml(block.table, caption)
  if ('verbatim' in block) return `<pre tabindex="0">${escapeHtml(block.verbatim)}</pre>`
  // The page draws charts of its own, and fetches nothing.
  return ''
}

/** What stands below a heading; tables beyond the first are numbered, so that a reader who hears them knows which is which. */
export function blocksHtml({ title, blocks }: Section): string {
  const tables = blocks.filter((block) => 'table' in block)
  const name = title === '' ? 'Results' : title
  return blocks
    .map((block) => {
      const number = 'table' in block ? tables.indexOf(block) + 1 : 0
      return blockHtml(block, number > 1 ? `${name}, table ${number}` : name)
    })
    .join('\n')
}

function idOf(title: string): string {
  return title.toLowerCase().replaceAll(' ', '-')
}

/** @param lead HTML that stands before what can be folded */
export function sectionHtml(section: Section, lead = ''): string {
  const { title, summary } = section
  const html = blocksHtml(section)
  const body = summary === undefined ? html : `<details><summary>${inlineHtml(summary)}</summary>\n${html}\n</details>`
  return `<section aria-labelledby="${idOf(title)}">
<h2 id="${idOf(title)}">${inlineHtml(title)}</h2>
${lead}${body}
</section>`
}
