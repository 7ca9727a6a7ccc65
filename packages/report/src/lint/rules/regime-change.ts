import { isLoad } from '../commands.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { CONCLUDES, claims, withoutOptions } from '../wording.js'

const CHANGES =
  /\b(?:remov\w+|without|disabl\w+|lift\w*|drop(?:ped|ping)?|rais\w+|halv\w+|doubl\w+|cut(?:ting)?|slow\w+|throttl\w+|lower\w*|reduc\w+|increas\w+|set(?:ting)?|switch\w*|chang\w+|instead of|went|going|turn\w*|rerun|re-ran|repeat\w*)\b/i
const IMPROVES =
  /\b(?:improv\w+|fix(?:es|ed)|solv\w+|cured?|disappear\w*|went away|gone|vanish\w*|no longer|resolved)\b/i

/** Passages that change a load option from what the document gave first, with both values: a return to that is none. */
function changes({ commands, sentences }: Document) {
  return commands.flatMap(({ line, options }) => {
    const said = sentences.findLast((sentence) => sentence.line <= line)?.passage
    const words = sentences.filter(({ passage }) => passage === said).map(({ text }) => text)
    const passage =
      said !== undefined && options.some(({ name }) => words.some((text) => text.includes(`-${name}`)))
        ? said
        : undefined
    if (passage === undefined) return []
    return options
      .filter(({ name }) => isLoad(name))
      .flatMap((option) => {
        const base = commands
          .filter((other) => other.line < line)
          .flatMap((other) => other.options.map((one) => ({ ...one, line: other.line })))
          .find(({ name }) => name === option.name)
        return base === undefined || base.value === option.value ? [] : [{ passage, option, base }]
      })
  })
}

function check(document: Document) {
  const { sentences } = document
  const flagged = new Set<number>()
  return changes(document).flatMap(({ passage, option, base }) => {
    const own = sentences
      .filter((sentence) => sentence.passage === passage)
      .map((sentence) => ({ ...sentence, words: withoutOptions(sentence.text) }))
    if (!own.some(({ words }) => CHANGES.test(words))) return []
    const claim = own.find(
      ({ text, words }) =>
        claims(text) && (IMPROVES.test(words) || CONCLUDES.test(words)) && !/^\s*(?:due to|because)/i.test(words),
    )
    if (claim === undefined || flagged.has(claim.line)) return []
    flagged.add(claim.line)
    return [
      {
        line: claim.line,
        says: quote(claim.text),
        carries: `--${option.name} ${option.value} is another load than ${base.value} (line ${base.line}): what happens there says nothing of the cause here`,
        advice: 'change the suspected cause alone and measure again at the same load',
      },
    ]
  })
}

export const regimeChange: Rule = {
  name: 'regime-change',
  finds: 'a cause or cure at one load concluded from a run at another',
  example: '"without the interval it is fast, so the producer was the bottleneck", of --interval-us 1000 and 0',
  check,
}
