/** Columns of a terminal that everything printed keeps to. */
export const WIDTH = 80

/** One that is too long ends with `…`. */
export function cut(text: string, width = WIDTH): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/**
 * Words in lines of at most `width` columns; a word that is longer stands alone, since a cut command or path is of no use.
 *
 * @param indent of every line, `first` of the first
 */
export function wrap(
  words: readonly string[],
  indent: string,
  {
    first = indent,
    glue = ' ',
    width = WIDTH,
  }: { readonly first?: string; readonly glue?: string; readonly width?: number } = {},
): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined) lines.push(first + word)
    else if (last.length + glue.length + word.length <= width) lines[lines.length - 1] = last + glue + word
    else lines.push(indent + word)
  }
  return lines
}
