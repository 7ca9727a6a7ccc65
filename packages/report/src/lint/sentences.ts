/** One sentence of prose. */
export interface Sentence {
  /** Without Markdown's marks for emphasis, code and links. */
  readonly text: string
  /** The line on which it begins. */
  readonly line: number
  readonly section: number
  /** Sentences of one paragraph or list item have the same number; numbers rise through the document. */
  readonly passage: number
}

/** A stop, then space and a new beginning: not in 0.06, e.g. or t000.md. */
const END = /(?<!\b(?:e\.g|i\.e|vs|approx|ca|no|fig))[.!?]["')\]]*(?=\s+["'(`*]*[\p{Lu}\d`*_-])/giu

/** What a reader sees: the words of links, no comments, no marks of emphasis or code. */
export function plain(markdown: string): string {
  return markdown
    .replace(/<!--.*?-->/g, '')
    .replace(/!\[[^\]]*\]\([^)]*\)/g, '')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/\\([\\`*_{}[\]()#+\-.!<>|])/g, '$1')
    .replace(/\*\*|__|`/g, '')
    .replace(/(?<![\w*])[*_](?=\S)|(?<=\S)[*_](?![\w*])/g, '')
}

/** Sentences over the lines of a passage, each with the line that it begins on. */
export function sentencesOf(
  lines: readonly { readonly text: string; readonly line: number }[],
  section: number,
  passage: number,
): readonly Sentence[] {
  const texts = lines.map(({ text }) => plain(text).trim())
  const whole = texts.join(' ')
  const starts: number[] = []
  for (let index = 0, at = 0; index < texts.length; index++) {
    starts.push(at)
    at += (texts[index] as string).length + 1
  }
  const lineAt = (offset: number) => {
    const index = starts.findLastIndex((start) => start <= offset)
    return (lines[Math.max(0, index)] as { line: number }).line
  }
  const sentences: Sentence[] = []
  const push = (from: number, to: number) => {
    const text = whole.slice(from, to)
    const start = from + (text.length - text.trimStart().length)
    if (text.trim() !== '') sentences.push({ text: text.trim(), line: lineAt(start), section, passage })
  }
  let from = 0
  for (const match of whole.matchAll(END)) {
    const to = match.index + match[0].length
    push(from, to)
    from = to
  }
  push(from, whole.length)
  return sentences
}
