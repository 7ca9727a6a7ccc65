import { oneLine } from '../text.js'
import { parseDocument } from './document.js'
import type { Finding } from './finding.js'
import { RULES } from './rules/index.js'

export type { Document } from './document.js'
export type { Finding, Rule } from './finding.js'
export { findingAnnotation, findingJson, findingLine, findingText, rulesText } from './finding-text.js'
export { RULES } from './rules/index.js'

/**
 * Claims of a report in Markdown that its own figures don't carry, in the order of its lines; none where it claims
 * nothing, or has no figures.
 *
 * @example
 * lintMarkdown(text)[0]
 * // { line: 33, rule: 'cpu-second-rate', says: '"… 21K context switches per second …"', carries: …, advice: … }
 */
export function lintMarkdown(text: string): readonly Finding[] {
  const document = parseDocument(text)
  const findings = RULES.flatMap((rule) =>
    rule.check(document).map(({ line, says, carries, advice }) => ({
      ...{ line, rule: rule.name },
      ...{ says: oneLine(says), carries: oneLine(carries), advice },
    })),
  )
  return findings.sort((a, b) => a.line - b.line)
}
