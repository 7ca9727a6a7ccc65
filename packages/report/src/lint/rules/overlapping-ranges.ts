import { comparisons, isContradicted } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import type { Column, LintRow } from '../tables.js'

/** Whether two rows' ranges share a value; `undefined` where either has none. */
function overlap(a: LintRow, b: LintRow, { index }: Column): boolean | undefined {
  const [one, other] = [a.values.get(index), b.values.get(index)]
  if (one?.low === undefined || one.high === undefined || other?.low === undefined || other.high === undefined)
    return undefined
  return one.low <= other.high && other.low <= one.high
}

function check(document: Document) {
  return comparisons(document)
    .filter((one) => !isContradicted(one))
    .flatMap(({ sentence, table, row, others, columns }) =>
      others
        .filter((other) => {
          const judged = columns.map(({ column }) => overlap(row, other, column)).filter((one) => one !== undefined)
          return judged.length > 0 && judged.every((one) => one)
        })
        .slice(0, 1)
        .map((other) => {
          const { column } = columns.find((one) => overlap(row, other, one.column)) as (typeof columns)[number]
          const figures = [row, other].map((one) => `${one.names[0]} ${one.values.get(column.index)?.text}`)
          return {
            line: sentence.line,
            says: quote(sentence.text),
            carries: `the ranges of ${column.title} overlap (table of line ${table.line}): ${figures.join(', ')}`,
            advice: 'call it inconclusive, or measure more replicates and test paired differences',
          }
        }),
    )
}

export const overlappingRanges: Rule = {
  name: 'overlapping-ranges',
  finds: 'a difference claimed between rows whose ranges overlap',
  example: '"A has the lower p99" of 1.2 ± 0.3 and 1.4 ± 0.3 ms',
  check,
}
