import { wrap } from '../terminal-lines.js'
import { oneLine } from '../text.js'
import type { Finding } from './finding.js'
import { RULES } from './rules/index.js'

function messageOf({ says, carries, advice }: Finding): string {
  return `${says}; ${carries}; ${advice}`
}

/** `FILE:LINE: rule: what the text says; what the figures carry; what to do` */
export function findingLine(file: string, finding: Finding): string {
  return `${oneLine(file)}:${finding.line}: ${finding.rule}: ${messageOf(finding)}`
}

/** The same in lines of at most 80 columns, for a terminal. */
export function findingText(file: string, finding: Finding): string {
  return wrap(findingLine(file, finding).split(' '), '    ', { first: '' }).join('\n')
}

/** One line of NDJSON: file, line, rule, says, carries, advice. */
export function findingJson(file: string, { line, rule, says, carries, advice }: Finding): string {
  return JSON.stringify({ file: oneLine(file), line, rule, says, carries, advice })
}

function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A workflow command of GitHub Actions, which shows the finding on its line of the file. */
export function findingAnnotation(file: string, finding: Finding): string {
  const property = (text: string) => escaped(oneLine(text)).replaceAll(':', '%3A').replaceAll(',', '%2C')
  const place = `file=${property(file)},line=${finding.line},title=${property(`spsc lint: ${finding.rule}`)}`
  return `::error ${place}::${escaped(messageOf(finding))}`
}

/** Every rule with an example, for a terminal of 80 columns. */
export function rulesText(): string {
  const blocks = RULES.map(({ name, finds, example }) => [
    name,
    ...wrap(finds.split(' '), '  '),
    ...wrap(`e.g. ${example}`.split(' '), '  '),
  ])
  return blocks.map((lines) => lines.join('\n')).join('\n\n')
}
