import { SpscError } from '@spsc/core'
import { closest, distance } from 'fastest-levenshtein'

/** The name of some that are known that was meant by a mistyped one, when one is near enough to be more than a guess. */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const candidate = closest(name, known as string[])
  return distance(name, candidate) <= Math.max(2, Math.floor(name.length / 3)) ? candidate : undefined
}

/** `ERR_UNKNOWN` naming what is known and what may have been meant. */
export function unknownName(part: string, what: string, name: string, known: readonly string[], hint = ''): SpscError {
  const meant = nearest(name, known)
  const cure = meant === undefined ? '' : `; did you mean ${meant}?`
  return new SpscError(
    'ERR_UNKNOWN',
    part,
    `${what} ${JSON.stringify(name)} is unknown; known: ${known.join(', ')}${hint}${cure}`,
  )
}
