import { writeFileSync } from 'node:fs'
import { type BoundVerdict, errorMessage, SpscError } from '@spsc/core'
import { judgeBounds, parseBounds } from '@spsc/lab'
import { gateText, githubAnnotations, junit } from '@spsc/report'
import { type Conclude, compareAsAsked } from './compared.js'
import { EXIT } from './exit-codes.js'
import type { Flags } from './program.js'

function codeOf(verdicts: readonly BoundVerdict[]): number {
  if (verdicts.some(({ verdict }) => verdict === 'regressed')) return EXIT.failed
  return verdicts.every(({ verdict }) => verdict === 'pass') ? EXIT.ok : EXIT.inconclusive
}

function writeJunit(path: string, verdicts: readonly BoundVerdict[]): void {
  try {
    writeFileSync(path, junit(verdicts))
  } catch (error) {
    throw new SpscError(
      'ERR_OUTPUT',
      'gate',
      `${path} can't be written: ${errorMessage(error)}; choose another --junit`,
      {
        cause: error,
      },
    )
  }
}

/** The command line that compares the same once more. */
function reproduction(): string {
  return ['spsc', ...process.argv.slice(2)].join(' ')
}

/** `spsc gate`: whether figures stay within bounds; 0 they do, 1 one does not, 4 these blocks can't tell. */
export function gate(targets: readonly string[], flags: Flags): Promise<number> {
  const given = flags.max as readonly string[] | undefined
  if (given === undefined) {
    throw new SpscError('ERR_OPTION', 'gate', '--max is missing; give what may get worse by how much: --max p99=+10%')
  }
  const bounds = parseBounds(given)
  const path = flags.junit as string | undefined
  const conclude: Conclude = (comparisons) => {
    const verdicts = comparisons.flatMap((comparison) => judgeBounds(comparison, bounds))
    if (path !== undefined) writeJunit(path, verdicts)
    const text = flags.format === 'github' ? githubAnnotations(verdicts) : gateText(verdicts, reproduction())
    return { text, json: { verdicts, comparisons }, code: codeOf(verdicts) }
  }
  return compareAsAsked(
    targets,
    flags,
    conclude,
    bounds.map(({ kpi }) => kpi),
  )
}
