import { type Unavailable, unavailable } from '@spsc/core'
import { derive, readText } from '../kernel-files.js'

/**
 * Reads the lines of a kernel file that begin with the number of a CPU, such as `cpu0 1 2 3`, by that number.
 *
 * @param ofWhat a line is, for the reason where there is none
 * @param read makes something of the fields behind it; `undefined`: the line is left out
 */
export function readByCpu<Times>(
  root: string,
  path: string,
  ofWhat: string,
  read: (fields: readonly number[]) => Times | undefined,
): ReadonlyMap<number, Times> | Unavailable {
  return derive(readText(root, path), (text) => {
    const times = new Map<number, Times>()
    for (const [, cpu, fields = ''] of text.matchAll(/^cpu(\d+) (.*)$/gm)) {
      const found = read(fields.trim().split(/\s+/).map(Number))
      if (found !== undefined) times.set(Number(cpu), found)
    }
    return times.size > 0 ? times : unavailable(`${path} has no line of ${ofWhat}`)
  })
}
