/** Columns of a terminal that everything printed keeps to. */
export const WIDTH = 80

/** One that is too long ends with `…`. */
export function cut(text: string, width = WIDTH): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`
}

/**
 * Words in lines of at most {@link WIDTH} columns; a word that is longer stands alone.
 *
 * @param indent of every line, `first` of the first
 */
export function wrap(
  words: readonly string[],
  indent: string,
  { first = indent, glue = ' ' }: { readonly first?: string; readonly glue?: string } = {},
): string[] {
  const lines: string[] = []
  for (const word of words) {
    const last = lines.at(-1)
    if (last === undefined) lines.push(first + word)
    else if (last.length + glue.length + word.length <= WIDTH) lines[lines.length - 1] = last + glue + word
    else lines.push(indent + word)
  }
  return lines
}
