import { comparisons } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { short } from '../numbers.js'
import { tailOf } from '../tail.js'

/** With fewer beyond it, a percentile is hardly more than the largest values. */
const FEWEST = 10

function check(document: Document) {
  return comparisons(document).flatMap((comparison) => {
    const tail = tailOf(comparison, document)
    if (tail === undefined || tail.beyond >= FEWEST) return []
    return [
      {
        line: comparison.sentence.line,
        says: quote(comparison.sentence.text),
        carries: `${short(tail.items)} items have ${short(tail.beyond)} beyond ${tail.percentile}: a few of the slowest decide it`,
        advice: `measure longer, ${FEWEST} items beyond it at least, or compare a lower percentile`,
      },
    ]
  })
}

export const fewItems: Rule = {
  name: 'few-items',
  finds: `a percentile compared that fewer than ${FEWEST} items lie beyond`,
  example: '"A has the better p99.9" of 2000 items: two of them lie beyond it',
  check,
}
