import { type Comparison, isUnavailable } from '@spsc/core'
import { comparisonText } from '@spsc/report'
import { compareAsAsked } from './compared.js'
import { EXIT } from './exit-codes.js'
import type { Flags } from './program.js'

/** Some figure told: it differs, or it is equivalent. */
function isConclusive({ figures }: Comparison): boolean {
  return figures.some((figure) => !isUnavailable(figure) && figure.verdict !== 'inconclusive')
}

/** `spsc compare`: two rows, figure by figure. */
export function compare(targets: readonly string[], flags: Flags): Promise<number> {
  return compareAsAsked(targets, flags, (comparisons) => ({
    text: comparisons.map(comparisonText).join('\n'),
    json: comparisons,
    code: comparisons.every(isConclusive) ? EXIT.ok : EXIT.inconclusive,
  }))
}
