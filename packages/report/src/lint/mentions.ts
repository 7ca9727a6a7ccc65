import type { LintRow, LintTable } from './tables.js'

/** A row named in a sentence. */
export interface Mention {
  readonly row: LintRow
  readonly at: number
  readonly end: number
  /** By its name, not by a setting that the name tells of. */
  readonly isExact: boolean
}

interface Spelling {
  readonly row: LintRow
  readonly pattern: RegExp
  readonly isExact: boolean
}

/** Prose ranks no more rows than these; a longer table is data. */
const MOST_ROWS = 200

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

function bounded(text: string, flags = 'gi'): RegExp {
  return new RegExp(`(?<![\\w-])${text}(?![\\w=]|-\\w)`, flags)
}

/** As the table has it, or with spaces for dashes, or without what stands in brackets behind it. */
function exact(name: string, title: string): readonly RegExp[] {
  const bare = name.replace(/\s*[([].*$/, '')
  // A bare number is named by its column: `capacity 64`, `64 clients`, `64-item`.
  if (/^[\d.,]+$/.test(bare)) {
    const words = title.split(/[^A-Za-z]+/).filter((word) => word.length > 2)
    const number = escaped(bare)
    return words.flatMap((word) => {
      const stem = word.replace(/s$/i, '')
      return [bounded(`${stem}s?(?: of | = |=|[- ])${number}`), bounded(`${number}[- ](?:\\w+ )?${stem}s?`)]
    })
  }
  // `A` and `I` are words, too.
  if (/^[AI]$/.test(bare))
    return [bounded(`${bare}(?= (?:is|has|was|had|beats|outperforms|wins|and|over|to)\\b|[,.:;)]|'s|$)`, 'g')]
  if (bare.length === 1) return [bounded(escaped(bare), 'g')]
  const texts = [...new Set([name, bare])].filter((text) => text !== '')
  return texts.map((text) => bounded(escaped(text).replace(/(?:\\?[-_ ])+/g, '[-_ ]')))
}

/** A setting that ends with a number (`queue-cap-8`), as `q=8`, `cap=8`, `cap 8` or `queue cap of 8`. */
function asSetting(name: string): readonly RegExp[] {
  const [, words, number] = /^(.*?[A-Za-z])[-_ =]?(\d+)$/.exec(name.replace(/\s*[([].*$/, '')) ?? []
  if (words === undefined) return []
  const parts = words
    .split(/[-_ ]/)
    .filter((part) => part !== '')
    .map(escaped)
  const keys = [...parts, parts.map((part) => part[0]).join(''), parts[0]?.[0] ?? '', parts.join('[-_ ]')]
  return keys.map((key) => bounded(`${key}(?:\\s*=\\s*|\\s+(?:of\\s+)?|_)${number}`))
}

const KNOWN = new WeakMap<LintTable, readonly Spelling[]>()

function spellingsOf(table: LintTable): readonly Spelling[] {
  const known = KNOWN.get(table)
  if (known !== undefined) return known
  const rows = table.rows.length > MOST_ROWS ? [] : table.rows
  const spellings = rows.flatMap((row) => {
    const [name = '', ...more] = row.names
    // Where several rows share the first name, the next tells them apart.
    const shared = rows.filter((other) => other.names[0] === name).length > 1 && more.length > 0
    const own = shared ? more : [name]
    return own.flatMap((text) => [
      ...exact(text, table.title).map((pattern) => ({ row, pattern, isExact: true })),
      ...asSetting(text).map((pattern) => ({ row, pattern, isExact: false })),
    ])
  })
  KNOWN.set(table, spellings)
  return spellings
}

/** Rows of a table named in a text, in the order of the text. Of two that match in one place the longer counts. */
export function mentionsIn(text: string, table: LintTable): readonly Mention[] {
  const found = spellingsOf(table).flatMap(({ row, pattern, isExact }) =>
    [...text.matchAll(pattern)].map(({ index, 0: words }) => ({ row, at: index, end: index + words.length, isExact })),
  )
  const length = ({ at, end }: Mention) => end - at
  const longest = found.filter(
    (one) => !found.some((other) => other.at <= one.at && other.end >= one.end && length(other) > length(one)),
  )
  const first = longest.filter(
    (one, index) => longest.findIndex((other) => other.row === one.row && other.at === one.at) === index,
  )
  return first.sort((a, b) => a.at - b.at)
}
