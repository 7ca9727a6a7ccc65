import type { Inline } from './section.js'
import { harmless, oneLine } from './text.js'

/**
 * Text of unknown origin as Markdown that shows it literally, in a table cell too. An underscore inside a word is safe,
 * and so are `<` before a digit, which begins no tag, and `>` behind a word, which begins no quote.
 */
function literal(text: string): string {
  return harmless(text).replace(/[\\`*[\]|~&#!$]|<(?!\d)|(?<!\S )>|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
}

/** Backticks that stand in a row at most. */
export function longestRun(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length))
}

/** Text as a code span, fenced by more backticks than it holds in a row (CommonMark 6.1). */
function codeSpan(text: string): string {
  const line = oneLine(text)
  const longest = longestRun(line)
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`
}

/** Words of a report as Markdown. */
export function inlineMarkdown(words: Inline): string {
  if (typeof words === 'string') return literal(words)
  if ('map' in words) return words.map(inlineMarkdown).join('')
  return 'code' in words ? codeSpan(words.code) : `**${inlineMarkdown(words.strong)}**`
}
