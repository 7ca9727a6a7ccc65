import { type Comparison, type FigureComparison, type FigureMissing, isUnavailable, type LeftOut } from '@spsc/core'
import { fixed, proportion } from './format.js'
import { cut, WIDTH, wrap } from './terminal-lines.js'
import { oneLine } from './text.js'

const GAP = '  '

function value({ unit, below_floor }: FigureComparison, of: number): string {
  if (unit === 'items/s') return fixed(of, 0)
  if (unit === 'share') return proportion(of)
  return `${below_floor > 0 ? '≤' : ''}${fixed(of / 1e3, 1)}`
}

function signed(text: string, of: number): string {
  return of < 0 ? `−${text}` : `+${text}`
}

/** Factors say more than per cent from here on. */
const MANY_TIMES = 9

/** An effect as text: `+31.0%`, `×12.5`, of times `+0.3` µs, of drops a proportion. */
export function effectText({ scale, unit }: FigureComparison, effect: number): string {
  const size = Math.abs(effect)
  if (scale === 'ratio' && effect > MANY_TIMES) return `×${fixed(1 + effect, effect < 99 ? 1 : 0)}`
  if (scale === 'ratio') return `${signed((100 * size).toFixed(size < 1 ? 1 : 0), effect)}%`
  return signed(unit === 'share' ? proportion(size) : (size / 1e3).toFixed(1), effect)
}

/** `+22.1%…+40.2%`; empty where there is none. */
export function intervalText(figure: FigureComparison): string {
  if (figure.low === undefined || figure.high === undefined) return ''
  return `${effectText(figure, figure.low)}…${effectText(figure, figure.high)}`
}

function p({ p_family, p: own }: FigureComparison): string {
  return (p_family ?? own).toFixed(3)
}

const HEADER = ['', 'A', 'B', 'effect', 'interval', 'A/A', 'p', '']

function lineOf(figure: FigureComparison): readonly string[] {
  const { kpi, twin_effect, verdict, needed } = figure
  return [
    kpi,
    value(figure, figure.a),
    value(figure, figure.b),
    effectText(figure, figure.effect),
    intervalText(figure),
    twin_effect === undefined ? '' : effectText(figure, twin_effect),
    p(figure),
    needed === undefined ? verdict : `R≈${needed}`,
  ]
}

/** Left out, one after the other, where a line would be too long. */
const LESS_WANTED = [HEADER.indexOf('A/A'), HEADER.indexOf('interval')]

/** First column and last at the left, figures at the right; a column that is empty throughout is left out. */
function columns(rows: readonly (readonly string[])[], without: readonly number[] = []): readonly string[] {
  const isUsed = (_: string, column: number) =>
    !without.includes(column) && rows.slice(1).some((row) => row[column] !== '')
  const used = HEADER.map(isUsed)
  const kept = rows.map((row) => row.filter((_, column) => used[column]))
  const widths = (kept[0] ?? []).map((_, column) => Math.max(...kept.map((row) => (row[column] as string).length)))
  const last = widths.length - 1
  const lines = kept.map((row) =>
    row
      .map((cell, column) => {
        const width = widths[column] as number
        return column === 0 || column === last ? cell.padEnd(width) : cell.padStart(width)
      })
      .join(GAP)
      .trimEnd(),
  )
  const next = LESS_WANTED.find((column) => used[column])
  const isTooWide = lines.some((line) => line.length > WIDTH)
  return isTooWide && next !== undefined ? columns(rows, [...without, next]) : lines
}

function rowText({ run, scenario, queue }: Comparison['a']): string {
  return oneLine(`${scenario} on ${queue}, run ${run}`)
}

function designText({ design, blocks, margin }: Comparison): string {
  const count = blocks === 1 ? '1 block' : `${blocks} blocks`
  const how =
    design === 'interleaved'
      ? `${count}, both measured in each`
      : `${count}, one run after the other: drift of the machine is in it, so only effects above 25 % count`
  return `${how}; equivalent within ${fixed(100 * margin, 0)} %.`
}

/** What the verdicts come to in a sentence. */
function conclusion(figures: readonly FigureComparison[]): string {
  const names = (verdict: FigureComparison['verdict']) =>
    figures.filter((figure) => figure.verdict === verdict && !figure.kpi.startsWith('ledger.')).map(({ kpi }) => kpi)
  const parts = [
    ['differs', 'B differs from A in'],
    ['equivalent', 'equivalent in'],
    ['inconclusive', 'inconclusive in'],
  ] as const
  const said = parts.flatMap(([verdict, words]) => {
    const found = names(verdict)
    return found.length === 0 ? [] : [`${words} ${found.join(', ')}`]
  })
  return said.length === 0 ? 'Nothing could be compared.' : `${said.join('; ')}.`
}

/** Reasons of what is unavailable, each once with the figures it is about. */
function missingText(missing: readonly FigureMissing[]): readonly string[] {
  const reasons = [...new Set(missing.map(({ unavailable }) => unavailable))]
  return reasons.map((reason) => {
    const names = missing.filter(({ unavailable }) => unavailable === reason).map(({ kpi }) => kpi)
    return `unavailable: ${names.join(', ')}: ${oneLine(reason)}`
  })
}

const ROWS = { a: 'A', twin: 'the twin', b: 'B' } as const

function leftOutText({ replicate, rows, reasons }: LeftOut): string {
  return `${rows.map((row) => ROWS[row]).join(' and ')} of block ${replicate} (${oneLine(reasons.join('; '))})`
}

/**
 * A comparison for a terminal, in lines of at most 80 columns: what was compared and how, a line for each figure, and
 * what follows. `R≈n` stands where a figure is inconclusive: so many blocks it would take.
 *
 * @example
 * comparisonText(comparison)
 * // A: baseline on native, run compare
 * // B: affinity on native, run compare
 * // 10 blocks, both measured in each; equivalent within 10 %.
 * //                 A      B  effect         interval    A/A      p
 * // latency.p99   58.1   76.0  +31.0%  +22.1%…+40.2%  +1.2%  0.008  differs
 */
export function comparisonText(comparison: Comparison): string {
  const figures = comparison.figures.filter((figure): figure is FigureComparison => !isUnavailable(figure))
  const missing = comparison.figures.filter((figure): figure is FigureMissing => isUnavailable(figure))
  const sentences = [
    ...(figures.some(({ low }) => low !== undefined)
      ? ['Interval: of the effect, 95 % by the same test; A/A: A and A measured again.']
      : []),
    'Times in µs: medians over one-second windows; ledger: of their worst 1 %. p: adjusted for all figures, and for all parts of the ledger.',
    ...(figures.some(({ below_floor }) => below_floor > 0)
      ? ['≤: below what the clocks of some block could tell.']
      : []),
    ...(comparison.left_out.length > 0
      ? [`Left out for what others did on the machine: ${comparison.left_out.map(leftOutText).join(', ')}.`]
      : []),
    ...missingText(missing),
    conclusion(figures),
  ]
  const lines = [
    cut(`A: ${rowText(comparison.a)}`),
    cut(`B: ${rowText(comparison.b)}`),
    ...wrap(designText(comparison).split(' '), ''),
    '',
    ...(figures.length === 0 ? [] : [...columns([HEADER, ...figures.map(lineOf)]).map((line) => cut(line)), '']),
    ...sentences.flatMap((sentence) => wrap(sentence.split(' '), '  ', { first: '' })),
  ]
  return `${lines.join('\n')}\n`
}
