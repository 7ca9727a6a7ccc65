import { readdirSync, readFileSync } from 'node:fs'
import { lintMarkdown } from '@spsc/report/lint'

const ROOT = new URL('./lint/', import.meta.url)
const MARK = / *<!-- (?:finds: ([\w-]+(?:, [\w-]+)*)|holds) -->/g

/** `line rule` of each claim of a document that a reader should doubt, and the lines of those that hold. */
export interface Marked {
  readonly text: string
  readonly false: readonly string[]
  readonly true: readonly number[]
}

/** A document of the corpus, its marks read and taken out: the linter sees none of them. */
export function marked(path: string): Marked {
  const text = readFileSync(new URL(path, ROOT), 'utf8')
  const marks = text
    .split('\n')
    .flatMap((line, index) =>
      [...line.matchAll(MARK)].map(([, rules]) => ({ line: index + 1, rules: rules?.split(', ') ?? [] })),
    )
  return {
    text: text.replaceAll(MARK, ''),
    false: marks.flatMap(({ line, rules }) => rules.map((rule) => `${line} ${rule}`)),
    true: marks.filter(({ rules }) => rules.length === 0).map(({ line }) => line),
  }
}

export function documentsOf(half: string): readonly string[] {
  return readdirSync(new URL(`${half}/`, ROOT)).map((name) => `${half}/${name}`)
}

/** How a document's findings differ from its marks. */
export function judge(path: string): {
  readonly found: number
  readonly missed: readonly string[]
  readonly wrong: readonly string[]
  readonly marked: Marked
} {
  const document = marked(path)
  const found = lintMarkdown(document.text).map(({ line, rule }) => `${line} ${rule}`)
  const at = (entry: string) => `${path}:${entry}`
  return {
    found: found.length,
    missed: document.false.filter((entry) => !found.includes(entry)).map(at),
    wrong: found.filter((entry) => !document.false.includes(entry)).map(at),
    marked: document,
  }
}
