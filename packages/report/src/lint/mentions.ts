import type { LintRow, LintTable } from './tables.js'

/** A row named in a sentence. */
export interface Mention {
  readonly row: LintRow
  readonly at: number
  readonly end: number
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/**
 * How prose may write the name of a row: as it is, with spaces for dashes, without what stands in brackets behind it,
 * and, for a setting that ends with a number (`queue-cap-8`), as `q=8`, `cap=8`, `cap 8` or `queue cap of 8`.
 */
function spellings(name: string): readonly string[] {
  const bare = name.replace(/\s*[([].*$/, '')
  const plain = [...new Set([name, bare])]
    .filter((text) => text !== '')
    .map((text) => escaped(text).replace(/(?:\\?[-_ ])+/g, '[-_ ]'))
  const [, words, number] = /^(.*?[A-Za-z])[-_ =]?(\d+)$/.exec(bare) ?? []
  if (words === undefined) return plain
  const parts = words.split(/[-_ ]/).filter((part) => part !== '')
  const keys = [...parts, parts.map((part) => part[0]).join(''), parts[0]?.[0] ?? '', parts.join('[-_ ]')]
  return [...plain, ...keys.map((key) => `${key}(?:\\s*=\\s*|\\s+(?:of\\s+)?|_)${number}`)]
}

/** Rows of a table named in a text, in the order of the text. Of two that match in one place the longer counts. */
export function mentionsIn(text: string, table: LintTable): readonly Mention[] {
  const found = table.rows.flatMap((row) => {
    const [name = '', ...more] = row.names
    const own = table.rows.filter((other) => other.names[0] === name).length > 1 && more.length > 0 ? more : [name]
    return own.flatMap(spellings).flatMap((spelling) => {
      const pattern = new RegExp(`(?<![\\w-])${spelling}(?![\\w=]|-\\w)`, 'gi')
      return [...text.matchAll(pattern)].map((match) => ({ row, at: match.index, end: match.index + match[0].length }))
    })
  })
  const longest = found.filter(
    (one) =>
      !found.some((other) => other.at <= one.at && other.end >= one.end && other.end - other.at > one.end - one.at),
  )
  const first = longest.filter(
    (one, index) => longest.findIndex((other) => other.row === one.row && other.at === one.at) === index,
  )
  return first.sort((a, b) => a.at - b.at)
}
