import { escapeHtml } from './escape.js'

// The report is one text, written as Markdown by the functions around `toMarkdown`; this reads back what they write and
// no more of Markdown: headings, paragraphs, quotes, flat lists, tables, fenced text, code spans, bold. All text is
// escaped on its way out, so whatever is read wrongly can only look wrong.

/** What stands below one heading of the second level, or before the first. */
export interface Section {
  /** Plain text; empty before the first heading. */
  readonly title: string
  readonly html: string
}

const CODE_SPAN = /^(`+)(?!`)([\s\S]*?[^`])\1(?!`)/
const ESCAPED = /^\\([!-/:-@[-`{-~])/
const PLAIN = /^(?:[^\\`*]+|.)/s

/** Inline Markdown as HTML. */
export function inlineHtml(markdown: string): string {
  let html = ''
  let isBold = false
  for (let rest = markdown; rest !== ''; ) {
    const [span, , content = ''] = CODE_SPAN.exec(rest) ?? []
    const [escaped, character = ''] = ESCAPED.exec(rest) ?? []
    if (span !== undefined) {
      // CommonMark 6.1: one space on either side belongs to the fence.
      html += `<code>${escapeHtml(content.replace(/^ (.*[^ ].*) $/s, '$1'))}</code>`
      rest = rest.slice(span.length)
    } else if (escaped !== undefined) {
      html += escapeHtml(character)
      rest = rest.slice(escaped.length)
    } else if (rest.startsWith('**')) {
      html += isBold ? '</strong>' : '<strong>'
      isBold = !isBold
      rest = rest.slice(2)
    } else {
      const [plain = ''] = PLAIN.exec(rest) ?? []
      html += escapeHtml(plain)
      rest = rest.slice(plain.length)
    }
  }
  return isBold ? `${html}</strong>` : html
}

function cellsOf(row: string): readonly string[] {
  const cells = row.match(/(?<=\|)(?:\\.|[^|\\])*(?=\|)/g) ?? []
  return cells.map((cell) => cell.trim())
}

/** A median with the range of its replicates behind it. */
const WITH_RANGE = /^(\S+) \((.*)\)$/

function dataCell(text: string, isNumeric: boolean): string {
  if (!isNumeric) return inlineHtml(text)
  const [, median, range] = WITH_RANGE.exec(text) ?? []
  if (median === undefined || range === undefined) return inlineHtml(text)
  return `${inlineHtml(median)} <span class="range">(${inlineHtml(range)})</span>`
}

function tableHtml([header = '', delimiter = '', ...rows]: readonly string[], caption: string): string {
  const isNumeric = cellsOf(delimiter).map((cell) => cell.endsWith(':'))
  const kind = (column: number) => (isNumeric[column] ? ' class="number"' : '')
  const head = cellsOf(header).map((text, column) => `<th scope="col"${kind(column)}>${inlineHtml(text)}</th>`)
  const body = rows.map((row) =>
    cellsOf(row).map((text, column) =>
      column === 0
        ? `<th scope="row">${inlineHtml(text)}</th>`
        : `<td${kind(column)}>${dataCell(text, isNumeric[column] === true)}</td>`,
    ),
  )
  return tableOf(caption, head, body)
}

/** A table in a box that scrolls by itself, with the keyboard too, so that a page stays as wide as its window. */
export function tableOf(caption: string, head: readonly string[], body: readonly (readonly string[])[]): string {
  const rows = body.map((cells) => `<tr>${cells.join('')}</tr>`).join('\n')
  const label = escapeHtml(caption)
  return [
    `<div class="scroll" role="group" aria-label="${label}" tabindex="0"><table><caption>${label}</caption>`,
    `<thead><tr>${head.join('')}</tr></thead>`,
    `<tbody>${rows}</tbody></table></div>`,
  ].join('\n')
}

/** How many of the lines belong together with the first. */
function countWhile(lines: readonly string[], belongs: (line: string) => boolean): number {
  const end = lines.findIndex((line) => !belongs(line))
  return end === -1 ? lines.length : end
}

const isItem = (line: string) => line.startsWith('- ')
const isRow = (line: string) => line.startsWith('|')
const isQuote = (line: string) => line.startsWith('> ')
const isText = (line: string) =>
  line !== '' && !isItem(line) && !isRow(line) && !isQuote(line) && !line.startsWith('```')

/** The first block of these lines as HTML, and how many lines it takes. */
function blockOf(lines: readonly string[], title: string): { readonly html: string; readonly taken: number } {
  const [first = ''] = lines
  if (first === '') return { html: '', taken: 1 }
  if (first.startsWith('```')) {
    const length = countWhile(lines.slice(1), (line) => line !== '```')
    const text = escapeHtml(lines.slice(1, 1 + length).join('\n'))
    return { html: `<pre tabindex="0">${text}</pre>`, taken: length + 2 }
  }
  if (isRow(first)) {
    const taken = countWhile(lines, isRow)
    return { html: tableHtml(lines.slice(0, taken), title), taken }
  }
  if (isItem(first)) {
    const taken = countWhile(lines, isItem)
    const items = lines.slice(0, taken).map((line) => `<li>${inlineHtml(line.slice(2))}</li>`)
    return { html: `<ul>\n${items.join('\n')}\n</ul>`, taken }
  }
  if (isQuote(first)) return { html: `<p class="note">${inlineHtml(first.slice(2))}</p>`, taken: 1 }
  const taken = Math.max(1, countWhile(lines, isText))
  return { html: `<p>${inlineHtml(lines.slice(0, taken).join('\n'))}</p>`, taken }
}

function bodyHtml(lines: readonly string[], title: string): string {
  const blocks: string[] = []
  let tables = 0
  for (let at = 0; at < lines.length; ) {
    if (isRow(lines[at] as string)) tables++
    const { html, taken } = blockOf(lines.slice(at), tables > 1 ? `${title}, table ${tables}` : title)
    if (html !== '') blocks.push(html)
    at += taken
  }
  return blocks.join('\n')
}

function plainText(inline: string): string {
  return inline.replace(/\\([!-/:-@[-`{-~])/g, '$1')
}

/**
 * The sections of a report as HTML, its first heading left out.
 *
 * @example
 * sectionsOf(toMarkdown(records, { name: 't000' })) // [{ title: '', html: '<div …' }, { title: 'Response', … }, …]
 */
export function sectionsOf(markdown: string): readonly Section[] {
  const sections: { title: string; lines: string[] }[] = [{ title: '', lines: [] }]
  let isFenced = false
  for (const line of markdown.split('\n')) {
    if (line.startsWith('```')) isFenced = !isFenced
    if (!isFenced && line.startsWith('## ')) sections.push({ title: plainText(line.slice(3)), lines: [] })
    else if (isFenced || !line.startsWith('# ')) sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ title, lines }) => ({ title, html: bodyHtml(lines, title || 'Results') }))
}
