import { isUnavailable, type MaxRateResult, type MaxRateStep } from '@spsc/core'
import { fixed, proportion } from './format.js'
import {
  type Block,
  cellName,
  code,
  columnsOf,
  inline,
  paragraphs,
  type Section,
  sectionOf,
  strong,
} from './section.js'
import { oneLine } from './text.js'

function perS(rate: number): string {
  return `${fixed(rate, 0)}/s`
}

/** `between 8000/s, which held, and 8400/s, which failed`, as far as there are such rates. */
function bracketText({ outcome, held, failed, highest_rate }: MaxRateResult): string {
  if (held !== undefined && failed !== undefined) return `${perS(held)} held, ${perS(failed)} failed`
  if (failed !== undefined) return `${perS(failed)} failed`
  if (held === undefined) return 'no rate held'
  return outcome === 'found' && held === highest_rate
    ? `${perS(held)} held, the highest rate allowed`
    : `${perS(held)} held`
}

function answer(result: MaxRateResult): string {
  const { outcome, reason } = result
  if (outcome === 'unmeasured') return 'no rate could be measured'
  if (outcome === 'found') return bracketText(result)
  return `${outcome}: ${bracketText(result)}${reason === undefined ? '' : `; ${reason}`}`
}

function figureText(name: string, figure: MaxRateStep['figures'][string] | undefined): string {
  if (figure === undefined || isUnavailable(figure)) return 'unavailable'
  return name.endsWith('_ns') ? fixed(figure / 1e6, 3) : proportion(figure)
}

function heading(figure: string): string {
  return figure.endsWith('_ns') ? `${figure.slice(0, -3).replaceAll('_', ' ')} (ms)` : figure.replaceAll('_', ' ')
}

function stepsTable(steps: readonly MaxRateStep[]): Block {
  const figures = Object.keys(steps[0]?.figures ?? {})
  const rows = [...steps]
    .sort((a, b) => a.rate - b.rate)
    .map((step) => [
      fixed(step.rate, 0),
      ...figures.map((name) => figureText(name, step.figures[name])),
      `${step.kept_rate} of ${step.measured}`,
      `${step.held} of ${step.measured}`,
      step.verdict,
    ])
  const columns = [
    ...columnsOf([], ['rate (items/s)', ...figures.map(heading), 'rate kept', 'held']),
    ...columnsOf(['verdict'], []),
  ]
  return { table: { columns, rows } }
}

/** Why figures are unavailable, each reason once. */
function gaps(steps: readonly MaxRateStep[]): readonly Block[] {
  const reasons = steps.flatMap(({ figures }) => Object.values(figures).filter(isUnavailable))
  const distinct = [...new Set(reasons.map(({ unavailable }) => unavailable))]
  return paragraphs(...distinct.map((reason) => `Unavailable: ${reason}.`))
}

/**
 * What searches for the highest rate have come to, a line each, for a terminal.
 *
 * @example
 * maxRateText(results) // 'highest rate of baseline on sab with response.p99<1ms: 8000/s held, 8250/s failed\n'
 */
export function maxRateText(results: readonly MaxRateResult[]): string {
  return results
    .map((result) => {
      const cell = `${oneLine(result.scenario)} on ${oneLine(result.queue)}`
      return `highest rate of ${cell} with ${oneLine(result.slo.join(','))}: ${oneLine(answer(result))}\n`
    })
    .join('')
}

/** The same as a section, with every rate that was tried. */
export function maxRateSection(results: readonly MaxRateResult[]): readonly Section[] {
  if (results.length === 0) return []
  return sectionOf('Highest rate that holds', [
    ...results.flatMap((result) => [
      ...paragraphs(inline`${cellName(result)} with ${code(result.slo.join(','))}: ${strong(answer(result))}.`),
      ...(result.steps.length === 0 ? [] : [stepsTable(result.steps), ...gaps(result.steps)]),
    ]),
    ...paragraphs(
      'A rate holds where at least three quarters of its replicates keep both the rate and the objective, in the columns the number that did; figures are medians over replicates. Percentiles are of the offered items: one that was dropped ranks above every time.',
    ),
  ])
}
