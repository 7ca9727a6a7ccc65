import { comparisons, isContradicted } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'

function check(document: Document) {
  return comparisons(document)
    .filter(isContradicted)
    .map(({ sentence, table, row, others, columns }) => {
      const { column } = columns.at(-1) as (typeof columns)[number]
      const figures = [row, ...others].map((one) => `${one.names[0]} ${one.values.get(column.index)?.text}`)
      return {
        line: sentence.line,
        says: quote(sentence.text),
        carries: `the table of line ${table.line} has it the other way: ${figures.join(', ')} in ${column.title}`,
        advice: 'correct the sentence or the table',
      }
    })
}

export const contradicted: Rule = {
  name: 'contradicted',
  finds: 'a comparison of rows that their table has the other way',
  example: '"A has the higher throughput" of 900 beside 1100 ops/s',
  check,
}
