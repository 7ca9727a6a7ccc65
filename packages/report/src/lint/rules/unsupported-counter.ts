import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { CONCLUDES, claims, JUDGES } from '../wording.js'

/** What prose calls the thing that events of these names count. */
const TOPICS: readonly { readonly event: RegExp; readonly words: RegExp }[] = [
  {
    event: /cache|^LLC|^L1|^L2|^L3/i,
    words:
      /\b(?:(?:CPU |L[123] |data |last-level )?caches?(?:[- ](?:line|efficien\w+|miss\w*|hit\w*|local\w+|friendl\w+|thrash\w*|pollut\w+|pressure|behaviou?r))?|LLC)\b/i,
  },
  {
    event: /^(?:instructions|cycles)\b|^cpu-cycles/i,
    words: /\b(?:IPC|CPI|instructions?(?: per cycle)?|cycles per)\b/i,
  },
  { event: /branch/i, words: /\b(?:branch(?:es)?(?:[- ](?:mis\w+|predict\w+))?|mispredict\w+)\b/i },
  { event: /TLB/i, words: /\bTLB\b/i },
  { event: /stalled|stalls/i, words: /\bstall(?:s|ed) (?:cycles|on|in)\b/i },
]

function check({ sentences, perfStats, tables }: Document) {
  const events = perfStats.flatMap((stat) => stat.events)
  const columns = tables.flatMap(({ unmeasured, columns, line }) => [
    ...unmeasured.map((name) => ({ name, line, count: undefined })),
    ...columns.map(({ title }) => ({ name: title, line, count: 1 })),
  ])
  const all = [...events, ...columns]
  return sentences.flatMap((sentence) => {
    const { text } = sentence
    if (!claims(text) || !(CONCLUDES.test(text) || JUDGES.test(text))) return []
    return TOPICS.flatMap(({ event, words }) => {
      const ours = all.filter(({ name }) => event.test(name))
      const missing = ours.filter(({ count }) => count === undefined)
      const word = words.exec(text)?.[0]
      if (word === undefined || missing.length === 0 || missing.length < ours.length) return []
      const list = [...new Set(missing.map(({ name }) => name))].join(', ')
      const lines = [...new Set(missing.map(({ line }) => line))].join(', ')
      return [
        {
          line: sentence.line,
          says: quote(text),
          carries: `nothing in it measured ${word}: ${list} ${missing.length === 1 ? 'has' : 'have'} no count (line ${lines})`,
          advice: 'leave it out, or measure where the counter exists: no count is not a count of 0',
        },
      ]
    })
  })
}

export const unsupportedCounter: Rule = {
  name: 'unsupported-counter',
  finds: 'a conclusion about what every counter of the document failed to count',
  example: '"the slowdown is poor cache efficiency" where cache-misses reads <not supported>',
  check,
}
