import type { Figure } from './table.js'

// What a report says, apart from how it is written down: markdown.ts and html/section-html.ts each draw this, and escape
// all text that stands in it. Nothing that builds sections knows of either.

/** Words in a line: text, which is shown as it is whatever is in it; code; what is to stand out; or several of these. */
export type Inline = string | { readonly code: string } | { readonly strong: Inline } | readonly Inline[]

export interface TableColumn {
  readonly title: string
  /** Figures stand at the right, and are sorted by their value. */
  readonly isFigure: boolean
}

export interface TableBlock {
  readonly columns: readonly TableColumn[]
  /** As many cells as columns; the first says what the row is of. */
  readonly rows: readonly (readonly (Inline | Figure)[])[]
}

export interface PictureBlock {
  /** Its file, in the folder of the report. */
  readonly file: string
  /** What it shows, in words. */
  readonly alt: string
}

export type Block =
  | { readonly paragraph: Inline }
  /** Of less weight than a paragraph. */
  | { readonly note: Inline }
  | { readonly list: readonly Inline[] }
  | { readonly table: TableBlock }
  /** Lines that are shown as they are, in letters of one width. */
  | { readonly verbatim: string }
  | { readonly picture: PictureBlock }

/** What stands below one heading. */
export interface Section {
  /** Plain; empty: what a report begins with. */
  readonly title: string
  readonly blocks: readonly Block[]
  /** Given where the section is long, and read once one has a question: what to call it where it can be folded. */
  readonly summary?: string
}

export function code(text: string): Inline {
  return { code: text }
}

export function strong(words: Inline): Inline {
  return { strong: words }
}

/**
 * A template whose values may be more than text.
 *
 * @example
 * inline`${code('--rate')} is ${rate}`
 */
export function inline(texts: TemplateStringsArray, ...values: readonly (Inline | number)[]): Inline {
  return texts.flatMap((text, index) => {
    const value = values[index]
    return value === undefined ? [text] : [text, typeof value === 'number' ? `${value}` : value]
  })
}

export function joined(parts: readonly Inline[], glue: string): Inline {
  return parts.flatMap((part, index) => (index === 0 ? [part] : [glue, part]))
}

/** A row's scenario and queue: `baseline` on `sab`. */
export function cellName({ scenario, queue }: { readonly scenario: string; readonly queue: string }): Inline {
  return inline`${code(scenario)} on ${code(queue)}`
}

/** A paragraph of its own for each. */
export function paragraphs(...texts: readonly Inline[]): readonly Block[] {
  return texts.map((paragraph) => ({ paragraph }))
}

/** A list as a block; none where there is nothing to list. */
export function listOf(items: readonly Inline[]): readonly Block[] {
  return items.length === 0 ? [] : [{ list: items }]
}

/** Columns of a table: of words, then of figures. */
export function columnsOf(words: readonly string[], figures: readonly string[]): readonly TableColumn[] {
  return [...words.map((title) => ({ title, isFigure: false })), ...figures.map((title) => ({ title, isFigure: true }))]
}

/** A section, or none where it would be empty. */
export function sectionOf(title: string, blocks: readonly Block[], summary?: string): readonly Section[] {
  if (blocks.length === 0) return []
  return [summary === undefined ? { title, blocks } : { title, blocks, summary }]
}
