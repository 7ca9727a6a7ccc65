import type { ResultRecord } from '@spsc/core'
import { markdownTable } from 'markdown-table'
import { inlineMarkdown, longestRun } from './markdown-text.js'
import { figureText } from './median-range.js'
import { type ReportOptions, reportSections } from './report-sections.js'
import type { Block, Inline, Section, TableBlock } from './section.js'
import type { Figure } from './table.js'

function cellMarkdown(cell: Inline | Figure): string {
  return inlineMarkdown(typeof cell === 'object' && 'median' in cell ? figureText(cell) : cell)
}

function tableMarkdown({ columns, rows }: TableBlock): string {
  return markdownTable(
    [columns.map(({ title }) => inlineMarkdown(title)), ...rows.map((row) => row.map(cellMarkdown))],
    {
      align: columns.map(({ isFigure }) => (isFigure ? 'r' : 'l')),
    },
  )
}

/** Between more backticks than stand in a row in it (CommonMark 4.5). */
function fenced(text: string): string {
  const fence = '`'.repeat(Math.max(2, longestRun(text)) + 1)
  return `${fence}text\n${text}\n${fence}`
}

function blockMarkdown(block: Block): string {
  if ('paragraph' in block) return inlineMarkdown(block.paragraph)
  if ('note' in block) return `> ${inlineMarkdown(block.note)}`
  if ('list' in block) return block.list.map((item) => `- ${inlineMarkdown(item)}`).join('\n')
  if ('table' in block) return tableMarkdown(block.table)
  if ('verbatim' in block) return fenced(block.verbatim)
  const { file, alt } = block.picture
  // Relative, and encoded whole: no name of a run can lead elsewhere.
  return `![${inlineMarkdown(alt)}](${encodeURIComponent(file)})`
}

function sectionMarkdown({ title, blocks }: Section): readonly string[] {
  const heading = title === '' ? [] : [`## ${inlineMarkdown(title)}`]
  return [...heading, ...blocks.map(blockMarkdown)]
}

/**
 * `NAME_report.md` (GitHub-flavoured Markdown), in the shape of the seed's document: goal, scenarios, metrics, table,
 * pictures, what collectors of ours stored, what failed or could not be measured, warnings, takeaways, next steps, and
 * how it was measured. Names and messages are escaped.
 *
 * @example
 * toMarkdown(records, { name: 't000' })
 */
export function toMarkdown(records: readonly ResultRecord[], options: ReportOptions): string {
  const sections = reportSections(records, options)
  const heading = `# ${inlineMarkdown(options.name)} — Results`
  return `${[heading, ...sections.flatMap(sectionMarkdown)].join('\n\n')}\n`
}
