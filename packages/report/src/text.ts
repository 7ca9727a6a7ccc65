import { stripVTControlCharacters } from 'node:util'

export { wrap } from './terminal-lines.js'

/**
 * Part of a line, of unknown origin, made harmless: no terminal sequences, no line breaks, no control characters and no
 * marks that reorder what is shown (CVE-2021-42574).
 */
export function harmless(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
}

/** Text of unknown origin as one {@link harmless} line. */
export function oneLine(text: string): string {
  return harmless(text).trim()
}
