import { isUnavailable, type MaxRateResult, type MaxRateStep } from '@spsc/core'
import { markdownTable } from 'markdown-table'
import { fixed, proportion } from './format.js'
import { cellName, code, literal } from './markdown-text.js'
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

function stepsTable(steps: readonly MaxRateStep[]): string {
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
  const header = ['rate (items/s)', ...figures.map(heading), 'rate kept', 'held', 'verdict']
  return markdownTable([header, ...rows], { align: [...header.slice(0, -1).map(() => 'r'), 'l'] })
}

/** Why figures are unavailable, each reason once. */
function gaps(steps: readonly MaxRateStep[]): readonly string[] {
  const reasons = steps.flatMap(({ figures }) => Object.values(figures).filter(isUnavailable))
  return [...new Set(reasons.map(({ unavailable }) => unavailable))].map((reason) => `Unavailable: ${literal(reason)}.`)
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

/** The same as blocks of Markdown, with every rate that was tried. */
export function maxRateBlocks(results: readonly MaxRateResult[]): readonly string[] {
  if (results.length === 0) return []
  return [
    '## Highest rate that holds',
    ...results.flatMap((result) => [
      `${cellName(result)} with ${code(result.slo.join(','))}: **${literal(answer(result))}**.`,
      ...(result.steps.length === 0 ? [] : [stepsTable(result.steps), ...gaps(result.steps)]),
    ]),
    'A rate holds where at least three quarters of its replicates keep both the rate and the objective, in the columns the number that did; figures are medians over replicates. Percentiles are of the offered items: one that was dropped ranks above every time.',
  ]
}
