import { isUnavailable, type Tiered, type Unavailable, unavailable } from '@spsc/core'
import { readText } from '../kernel-files.js'

/** Counters that only grow, read at one moment. */
export type Counters<Names extends string> = Readonly<Record<Names, number>> | Unavailable

/**
 * Reads a file of the kernel and finds counters in it.
 *
 * @param path below `root`; it begins with `/`
 * @param parse gives counters that are no numbers where the file lacks them
 * @param cure what has to be done on a machine where they are missing
 */
export function readCounters<Names extends string>(
  root: string,
  path: string,
  parse: (text: string) => Readonly<Record<Names, number>>,
  cure: string,
): Counters<Names> {
  const text = readText(root, path)
  if (isUnavailable(text)) return unavailable(`${text.unavailable}; ${cure}`)
  const counters = parse(text)
  const missing = (Object.keys(counters) as Names[]).find((name) => !Number.isFinite(counters[name]))
  return missing === undefined ? counters : unavailable(`${path} has no ${missing}; ${cure}`)
}

/** What was counted from one reading to the next. */
export function increase<Names extends string>(
  before: Counters<Names>,
  after: Counters<Names>,
): Tiered<Readonly<Record<Names, number>>> {
  if (isUnavailable(before)) return before
  if (isUnavailable(after)) return after
  const names = Object.keys(before) as Names[]
  const grown = Object.fromEntries(names.map((name) => [name, after[name] - before[name]])) as Record<Names, number>
  return { tier: 'proc' as const, ...grown }
}

/** The number behind a label at the start of a line; NaN where there is none. */
export function labelled(text: string, label: string): number {
  const line = text.split('\n').find((candidate) => candidate.startsWith(label))
  return line === undefined ? Number.NaN : Number.parseFloat(line.slice(label.length).replace(/^[\s:=]+/, ''))
}
