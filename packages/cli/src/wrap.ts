import { oneLine } from '@spsc/report/text'

/** Words in lines of at most `width` columns; a longer word stands alone, since a cut command or path is of no use. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of oneLine(text).split(' ')) {
    const line = lines.at(-1)
    if (line !== undefined && line.length + 1 + word.length <= width) lines[lines.length - 1] = `${line} ${word}`
    else lines.push(word)
  }
  return lines
}
