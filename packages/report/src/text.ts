import { stripVTControlCharacters } from 'node:util'

/**
 * Text of unknown origin as one harmless line: no terminal sequences, no line breaks, no control characters and no
 * marks that reorder what is shown (CVE-2021-42574).
 */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ')
    .replace(/\p{Cf}/gu, '')
    .trim()
}
