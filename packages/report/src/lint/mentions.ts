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

/** Without what stands in brackets behind it. */
function bareName(name: string): string {
  return name.replace(/\s*[([].*$/, '')
}

/** As the table has it, or with spaces for dashes, or without what stands in brackets behind it. */
function exact(name: string, title: string): readonly RegExp[] {
  const bare = bareName(name)
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
  const [, words, number] = /^(.*?[A-Za-z])[-_ =]?(\d+)$/.exec(bareName(name)) ?? []
  if (words === undefined) return []
  const parts = words
    .split(/[-_ ]/)
    .filter((part) => part !== '')
    .map(escaped)
  const keys = [...parts, parts.map((part) => part[0]).join(''), parts[0]?.[0] ?? '', parts.join('[-_ ]')]
  return keys.map((key) => bounded(`${key}(?:\\s*=\\s*|\\s+(?:of\\s+)?|_)${number}`))
}

/** A name that tells a row from the others, its patterns made when a text has its last word. */
interface Name {
  readonly row: LintRow
  readonly text: string
  spellings?: readonly Spelling[]
}

/** By their last word: a long document has many sentences and many rows. */
type Index = ReadonlyMap<string, readonly Name[]>

const KNOWN = new WeakMap<LintTable, Index>()

function wordsOf(text: string): readonly string[] {
  return text.toLowerCase().match(/\p{L}+|\p{N}+/gu) ?? []
}

function indexOf(table: LintTable): Index {
  const known = KNOWN.get(table)
  if (known !== undefined) return known
  const rows = table.rows.length > MOST_ROWS ? [] : table.rows
  const index = new Map<string, Name[]>()
  const firsts = rows.map(({ names }) => names[0])
  for (const row of rows) {
    const [name = '', ...more] = row.names
    // Where several rows share the first name, the next tells them apart.
    const isShared = firsts.filter((first) => first === name).length > 1 && more.length > 0
    for (const text of isShared ? more : [name]) {
      const last = wordsOf(bareName(text)).at(-1) ?? ''
      const same = index.get(last)
      if (same === undefined) index.set(last, [{ row, text }])
      else same.push({ row, text })
    }
  }
  KNOWN.set(table, index)
  return index
}

function spellingsOf(name: Name, table: LintTable): readonly Spelling[] {
  const { row, text } = name
  name.spellings ??= [
    ...exact(text, table.title).map((pattern) => ({ row, pattern, isExact: true })),
    ...asSetting(text).map((pattern) => ({ row, pattern, isExact: false })),
  ]
  return name.spellings
}

/** Rows of a table named in a text, in the order of the text. Of two that match in one place the longer counts. */
export function mentionsIn(text: string, table: LintTable): readonly Mention[] {
  const index = indexOf(table)
  const names = [...new Set(wordsOf(text))].flatMap((word) => index.get(word) ?? [])
  const spellings = names.flatMap((name) => spellingsOf(name, table))
  const found = spellings.flatMap(({ row, pattern, isExact }) =>
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
