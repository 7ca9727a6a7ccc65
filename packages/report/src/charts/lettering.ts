import { oneLine } from '../text.js'

/** Point sizes at {@link WIDTH}; at 600 px of width none falls below 10 px. */
export const FONT_SIZE = 12
export const SMALL_FONT_SIZE = 11
export const TITLE_FONT_SIZE = 16
export const LINE_HEIGHT = 14
/** Width of every picture in px; its height follows from what it shows. */
export const WIDTH = 640
export const MARGIN = 16
/** Characters of the caption's size that fit across the picture, in fonts wider than ours too. */
const CAPTION_CHARACTERS = 116

/** East Asian characters and emoji are as wide as two others. */
function widthOf(character: string): number {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u.test(
    character,
  )
    ? 2
    : 1
}

function textWidth(characters: readonly string[]): number {
  return characters.reduce((width, character) => width + widthOf(character), 0)
}

/** Foreign text as one line that XML can hold: no control characters, half characters or noncharacters. */
export function plain(text: string): string {
  return oneLine(text.toWellFormed()).replace(/\p{Noncharacter_Code_Point}/gu, '\ufffd')
}

/** Text of at most `width` characters; what is too much is cut from its middle, where names differ least. */
export function cutMiddle(text: string, width: number): string {
  const characters = [...text]
  if (textWidth(characters) <= width) return text
  const start: string[] = []
  const end: string[] = []
  let from = 0
  let to = characters.length - 1
  for (let room = width - 1; from <= to; ) {
    const atStart = textWidth(start) <= textWidth(end)
    const next = characters[atStart ? from++ : to--] as string
    room -= widthOf(next)
    if (room < 0) break
    if (atStart) start.push(next)
    else end.unshift(next)
  }
  return `${start.join('')}…${end.join('')}`
}

/** Breaks text anywhere into lines of at most `width` characters. */
export function chop(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const character of text) {
    if (textWidth([...line, character]) > width) {
      lines.push(line)
      line = ''
    }
    line += character
  }
  return line === '' ? lines : [...lines, line]
}

/** Breaks text at spaces into lines of at most `width` characters, words that are longer anywhere. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    const joined = line === '' ? word : `${line} ${word}`
    if (textWidth([...joined]) <= width) {
      line = joined
      continue
    }
    if (line !== '') lines.push(line)
    const parts = chop(word, width)
    line = parts.pop() ?? ''
    lines.push(...parts)
  }
  return line === '' ? lines : [...lines, line]
}

export function captionLines(text: string): string[] {
  return wrap(text, CAPTION_CHARACTERS)
}
