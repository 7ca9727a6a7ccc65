import { oneLine } from './text.js'

/** Text of unknown origin as Markdown that shows it literally, in a table cell too. An underscore inside a word is safe. */
export function literal(text: string): string {
  return oneLine(text).replace(/[\\`*[\]<>|~&#!$]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
}

/** Text as a code span, fenced by more backticks than it holds in a row (CommonMark 6.1). */
export function code(text: string): string {
  const line = oneLine(text)
  const longest = Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length))
  const fence = '`'.repeat(longest + 1)
  return longest === 0 ? `${fence}${line}${fence}` : `${fence} ${line} ${fence}`
}

/** A row's scenario and queue: `` `baseline` on `sab` ``. */
export function cellName({ scenario, queue }: { readonly scenario: string; readonly queue: string }): string {
  return `${code(scenario)} on ${code(queue)}`
}
