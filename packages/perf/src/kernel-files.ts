import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnavailable, type Unavailable, unavailable } from '@spsc/core'

// Readers take the root of the file tree, so that a test can give them a machine of its own.

const ELSEWHERE = process.platform === 'linux' ? 'on this system' : `on ${process.platform}`

function whyNot(path: string, error: unknown): Unavailable {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return unavailable(`no ${path} ${ELSEWHERE}`)
  if (code === 'EACCES' || code === 'EPERM') return unavailable(`${path} may not be read by this user`)
  return unavailable(`${path} can't be read: ${code ?? error}`)
}

/** A file without the white space around its text. `path` begins with `/`. */
export function readText(root: string, path: string): string | Unavailable {
  try {
    return readFileSync(join(root, path), 'utf8').trim()
  } catch (error) {
    return whyNot(path, error)
  }
}

/** The names in a folder, sorted. */
export function readNames(root: string, path: string): string[] | Unavailable {
  try {
    return readdirSync(join(root, path)).sort()
  } catch (error) {
    return whyNot(path, error)
  }
}

/** A figure made from another; what is unavailable stays so. */
export function derive<From, To>(from: From | Unavailable, to: (value: From) => To | Unavailable): To | Unavailable {
  return isUnavailable(from) ? from : to(from)
}

/** A file that holds one integer. */
export function readInteger(root: string, path: string): number | Unavailable {
  return derive(readText(root, path), (text) =>
    /^-?\d+$/.test(text) ? Number(text) : unavailable(`${path} holds no integer: ${JSON.stringify(text.slice(0, 40))}`),
  )
}

/** What a pattern's first group matches in a file. */
export function readMatch(root: string, path: string, pattern: RegExp, what: string): string | Unavailable {
  return derive(readText(root, path), (text) => pattern.exec(text)?.[1] ?? unavailable(`${path} does not tell ${what}`))
}
