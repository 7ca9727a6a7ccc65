import type { Diagnosis } from '@spsc/perf'
import { oneLine, wrap } from '@spsc/report/text'
import type { colorsFor } from './color.js'

const COLUMNS = 80
const GAP = 2
const STATUS_COLUMNS = 'warning'.length + GAP

type Colors = ReturnType<typeof colorsFor>

/** `2 ok, 1 warning, 0 missing` */
function totals(lines: readonly Diagnosis[]): string {
  const statuses = ['ok', 'warning', 'missing'] as const
  return statuses.map((wanted) => `${lines.filter(({ status }) => status === wanted).length} ${wanted}`).join(', ')
}

/** A line a check, in 80 columns; below it what it means and the next command, where there is something to do. */
export function doctorText(lines: readonly Diagnosis[], { green, yellow, red, dim }: Colors): string {
  const paint = { ok: green, warning: yellow, missing: red }
  const checkColumns = Math.max(...lines.map(({ check }) => check.length)) + GAP
  const indent = ' '.repeat(STATUS_COLUMNS + checkColumns)
  const below = (text: string) => wrap(oneLine(text).split(' '), '', { width: COLUMNS - indent.length })
  const blocks = lines.map(({ check, status, found, why, next }) => {
    const [first = '', ...rest] = below(found)
    return [
      `${paint[status](status.padEnd(STATUS_COLUMNS))}${check.padEnd(checkColumns)}${first}`,
      ...rest.map((line) => `${indent}${line}`),
      ...(why === undefined ? [] : below(why).map((line) => `${indent}${dim(line)}`)),
      // Never broken: it is there to be copied.
      ...(next === undefined ? [] : [`${' '.repeat(STATUS_COLUMNS)}next: ${oneLine(next)}`]),
    ].join('\n')
  })
  return [...blocks, totals(lines)].join('\n')
}
