import type { BoundVerdict, ComparedRow } from '@spsc/core'
import { effectText, intervalText } from './comparison.js'
import { wrap } from './terminal-lines.js'
import { oneLine } from './text.js'

const WORDS = { pass: 'pass', regressed: 'REGRESSED', inconclusive: 'inconclusive' } as const

function rowText({ scenario, queue }: ComparedRow): string {
  return oneLine(`${scenario} on ${queue}`)
}

/** `response.p99 +31.0% (+22.1%…+40.2%), allowed +10%`, and what else there is to say. */
function findingText({ bound, figure, reason, segment }: BoundVerdict): string {
  const allowed = `allowed ${bound.text.slice(bound.kpi.length + 1)}`
  const parts = [allowed]
  if (figure !== undefined) {
    const interval = intervalText(figure)
    parts.unshift(`${bound.kpi} ${effectText(figure, figure.effect)}${interval === '' ? '' : ` (${interval})`}`)
  } else parts.unshift(bound.kpi)
  if (reason !== undefined) parts.push(oneLine(reason))
  if (segment !== undefined) parts.push(`most of it in ${segment.kpi}, ${effectText(segment, segment.effect)} µs`)
  return parts.join(', ')
}

function rowsText({ a, b }: BoundVerdict): string {
  const [from, to] = [rowText(a), rowText(b)]
  return from === to ? to : `${to} against ${from}`
}

/**
 * The verdicts of a gate, each in lines of at most 80 columns.
 *
 * @param command that compares the same once more
 */
export function gateText(verdicts: readonly BoundVerdict[], command: string): string {
  const lines = verdicts.flatMap((verdict) =>
    wrap(`${WORDS[verdict.verdict]}: ${rowsText(verdict)}: ${findingText(verdict)}`.split(' '), '  ', { first: '' }),
  )
  const isWhole = verdicts.every(({ verdict }) => verdict === 'pass')
  return `${[...lines, ...(isWhole ? [] : [`reproduce: ${oneLine(command)}`])].join('\n')}\n`
}

const LEVELS = { pass: 'notice', regressed: 'error', inconclusive: 'warning' } as const

/** As a workflow command's data has them: percent, carriage return and line feed are escaped. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** Annotations as GitHub Actions reads them from a step's output, a line each. */
export function githubAnnotations(verdicts: readonly BoundVerdict[]): string {
  return verdicts
    .map((verdict) => {
      const title = escaped(`spsc gate: ${verdict.bound.kpi}`).replaceAll(':', '%3A').replaceAll(',', '%2C')
      return `::${LEVELS[verdict.verdict]} title=${title}::${escaped(`${rowsText(verdict)}: ${findingText(verdict)}`)}\n`
    })
    .join('')
}

function xml(text: string): string {
  return oneLine(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}

/** The verdicts as JUnit XML: a regression is a failure, what can't be told an error. */
export function junit(verdicts: readonly BoundVerdict[]): string {
  const count = (of: BoundVerdict['verdict']) => verdicts.filter(({ verdict }) => verdict === of).length
  const cases = verdicts.map((verdict) => {
    const head = `  <testcase classname="${xml(rowsText(verdict))}" name="${xml(verdict.bound.text)}"`
    if (verdict.verdict === 'pass') return `${head}/>`
    const kind = verdict.verdict === 'regressed' ? 'failure' : 'error'
    return `${head}>\n    <${kind} message="${xml(findingText(verdict))}"/>\n  </testcase>`
  })
  const totals = `tests="${verdicts.length}" failures="${count('regressed')}" errors="${count('inconclusive')}"`
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuite name="spsc gate" ${totals}>\n${cases.join('\n')}\n</testsuite>\n`
}
