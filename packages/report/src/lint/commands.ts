import { NUMBER, numberOf } from './numbers.js'

/** One option with a number. */
export interface OptionValue {
  /** Without dashes. */
  readonly name: string
  /** As given: 1000 for `1000us`. */
  readonly value: number
  readonly unit: string
}

/** A line that names options with values: a command, or prose that quotes one. */
export interface CommandLine {
  readonly line: number
  readonly section: number
  readonly options: readonly OptionValue[]
  /** Whether it stands in code or in perf's header, and so was run; prose may only speak of an option. */
  readonly isCommand: boolean
}

/** perf's header, or code that names a program before its options. */
const COMMAND = /Performance counter stats|^\s*(?:\$|>) \S|^(?: {4}|\t)\s*\S+ -|`[\w./][^`]* --?[A-Za-z][^`]*`/

const OPTION = new RegExp(
  String.raw`(?:^|[\s\`'"(|])--?([A-Za-z][\w-]*)(?:[ =])\`?(${NUMBER})([kKMG]?)(ns|us|µs|ms|s|m|sec|min)?(?=[\s\`'",;:)|]|\.?$)`,
  'g',
)

/** The options on a line; `undefined` where there are none. */
export function commandIn(text: string, line: number, section: number, isCode: boolean): CommandLine | undefined {
  const options = [...text.matchAll(OPTION)].map(([, name = '', value = '', scale, unit = '']) => ({
    name,
    value: numberOf(value, scale),
    unit,
  }))
  if (options.length === 0) return undefined
  return { line, section, options, isCommand: isCode || COMMAND.test(text) }
}

const DURATION = /^(?:duration|time|runtime|seconds|T|d)$/

/** What a run measured for, in seconds, by its option of that meaning. */
export function durationOf(options: readonly OptionValue[]): number | undefined {
  const found = options.find(({ name }) => DURATION.test(name))
  if (found === undefined) return undefined
  return found.value * ({ ms: 1e-3, us: 1e-6, m: 60, min: 60 }[found.unit] ?? 1)
}

/** An option that says how much load is offered. */
export function isLoad(name: string): boolean {
  return /(?:^|-)(?:interval|period|rate|qps|rps|tps|load|concurrency|clients?|connections|threads|jobs|workers|arrival|users|vus)(?:-|$)/i.test(
    name,
  )
}

/** Items per second that an option asks for; `undefined` for interval 0 and for what is no rate. */
export function plannedRate({ name, value, unit }: OptionValue): number | undefined {
  if (/(?:^|-)(?:rate|qps|rps|tps)(?:-|$)/i.test(name)) return value > 0 && unit === '' ? value : undefined
  if (!/(?:^|-)(?:interval|period)(?:-|$)/i.test(name) || value === 0) return undefined
  const suffix = unit || (/-(ns|us|ms|s)$/.exec(name)?.[1] ?? '')
  const seconds = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 }[suffix]
  return seconds === undefined ? undefined : 1 / (value * seconds)
}

/**
 * What reports shorten an option to: the first letters of its words, without the unit.
 *
 * @example
 * initials('prod-interval-us') // 'pi'
 */
export function initials(name: string): string {
  return name
    .replace(/-(?:ns|us|ms|s|sec)$/, '')
    .split('-')
    .map((word) => word[0])
    .join('')
}
