import { comparisons } from '../comparisons.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { short } from '../numbers.js'
import type { Sentence } from '../sentences.js'
import type { LintRow, LintTable } from '../tables.js'
import { claims } from '../wording.js'

const DROPS =
  /\b(?:drop(?:s|ped|ping)?|discard(?:s|ed|ing)?|shed(?:s|ding)?|reject(?:s|ed|ing)?|lossy|los(?:es|ing)|time-?outs?|timed out|fail-fast)\b/i
/** Tells how something is counted or called, and ranks nothing. */
const DEFINES =
  /\b(?:is (?:called|defined|counted)|means|stands for|plans|returns|takes|prints|searches|lists)\b|\w\(.*\)/i
const PRAISES =
  /\b(?:best|superior|wins?|winner|better|optimal|ideal|minimal|lowest|fastest|recommend\w*|preferable|should be (?:the )?default|preferred|right choice|clear(?:ly)? choice)\b/i
const LATENCY = /\b(?:latenc(?:y|ies)|p\d\d(?:\.?9+)?|response times?|fresh|delay|fast(?:er|est)?)\b/i
/** What a drop costs is counted in. */
const ACCOUNTS =
  /\bof (?:all )?(?:the )?offered\b|\bgoodput\b|\bdelivered (?:items |ones )?only\b|\bonly (?:of )?(?:the )?delivered\b|\bdrops? (?:count|rank)|\bcount(?:ed|s|ing)? (?:as|the drop)|infinit|∞|\bat the (?:price|cost|expense) of\b|\bno drops?\b|\b(?:no|zero|without|neither|none|never) (?:\w+ )?(?:drop|drops|dropped|dropping|loss|losses|rejects?|timeouts?|discards?)\b/i
const NAME = /\b([a-z][\w-]*)\s*=\s*(\d+)\b/gi

function dropOf(row: LintRow, { columns }: LintTable): number {
  return Math.max(
    0,
    ...columns.filter(({ metric }) => metric === 'drop').map(({ index }) => row.values.get(index)?.value ?? 0),
  )
}

/** Rows ranked by latency of which the first dropped more than another. */
function ranked(document: Document) {
  return comparisons(document).flatMap(({ sentence, table, row, others, columns }) => {
    const praised = columns.filter(({ column, smaller }) => column.metric === 'latency' && smaller)
    const other = others.find((one) => dropOf(row, table) > dropOf(one, table))
    if (praised.length === 0 || other === undefined || ACCOUNTS.test(sentence.text)) return []
    const drop = table.columns.find(({ metric }) => metric === 'drop')
    return [
      {
        line: sentence.line,
        says: quote(sentence.text),
        carries: `latency of delivered items only: ${row.names[0]} has ${row.values.get(drop?.index ?? -1)?.text} in ${drop?.title}, ${other.names[0]} ${other.values.get(drop?.index ?? -1)?.text} (table of line ${table.line})`,
        advice: 'rank by p99 of the offered items, a drop counting as infinite, or by goodput within a deadline',
      },
    ]
  })
}

/** Names like `q=8` in a sentence. */
function settingsIn(text: string): readonly string[] {
  return [...text.matchAll(NAME)].map(([, key, value]) => `${(key as string).toLowerCase()}=${value}`)
}

/** What Little's law already says of two capacities. */
function littlesLaw(sentence: Sentence, sentences: readonly Sentence[]): string {
  const [own] = settingsIn(sentence.text)
  const key = own?.split('=')[0]
  if (own === undefined || key === undefined || !/^(?:q|cap|capacity|queue\w*|buf\w*|depth|qd|size)/.test(key))
    return ''
  const near = sentences.filter(({ section }) => section === sentence.section)
  const other = near.flatMap(({ text }) => settingsIn(text)).find((one) => one !== own && one.startsWith(`${key}=`))
  if (other === undefined) return ''
  const [a, b] = [own, other].map((one) => Number(one.split('=')[1])) as [number, number]
  if (a === 0 || b === 0) return ''
  return `; a full queue waits capacity / throughput (Little's law), so ${other} beside ${own} is ${short(Math.max(a, b) / Math.min(a, b))} times the wait without any other cause`
}

/** Praise of what a sentence of the same section says to drop. */
function praised(document: Document, flagged: ReadonlySet<number>) {
  const { sentences } = document
  const droppers = sentences.filter(({ text }) => DROPS.test(text) && !ACCOUNTS.test(text))
  const named = droppers
    .map((sentence) => ({ sentence, names: settingsIn(sentence.text) }))
    .filter(({ names }) => names.length > 0)
  return sentences.flatMap((sentence, index) => {
    const { text, section, line } = sentence
    if (flagged.has(line) || !claims(text) || !PRAISES.test(text) || ACCOUNTS.test(text)) return []
    const next = sentences[index + 1]
    if (next?.passage === sentence.passage && ACCOUNTS.test(next.text)) return []
    const names = settingsIn(text)
    const isOwn = DROPS.test(text) && LATENCY.test(text) && !DEFINES.test(text)
    const other = named.find(
      (one) =>
        one.sentence !== sentence &&
        one.sentence.section === section &&
        one.names.some((name) => names.includes(name)) &&
        LATENCY.test(`${text} ${one.sentence.text}`),
    )?.sentence
    const dropping = isOwn ? sentence : other
    if (dropping === undefined) return []
    return [
      {
        line,
        says: quote(text),
        carries: `the latency of delivered items only: what was dropped${dropping === sentence ? '' : ` (line ${dropping.line})`} has none${littlesLaw(sentence, sentences)}`,
        advice: 'rank by p99 of the offered items, a drop counting as infinite, or by goodput within a deadline',
      },
    ]
  })
}

export const survivorship: Rule = {
  name: 'survivorship',
  finds: 'a ranking by the latency of delivered items, of what drops more than the others',
  example: '"capacity 8 has the best p99" where capacity 8 dropped 30 % and capacity 64 nothing',
  check: (document) => {
    const first = ranked(document)
    return [...first, ...praised(document, new Set(first.map(({ line }) => line)))]
  },
}
