import type { Document } from './document.js'
import { type Mention, mentionsIn } from './mentions.js'
import type { Sentence } from './sentences.js'
import type { Column, LintRow, LintTable } from './tables.js'
import { claims, withoutOptions } from './wording.js'

/** A sentence that puts one row of a table before another. */
export interface Comparison {
  readonly sentence: Sentence
  readonly table: LintTable
  readonly row: LintRow
  readonly others: readonly LintRow[]
  /** Columns that the sentence is about, each with what it says of `row`: its figure is the smaller or the larger. */
  readonly columns: readonly { readonly column: Column; readonly smaller: boolean }[]
}

const COMPARATIVE =
  /\b(?:lower|higher|faster|slower|quicker|better|worse|less|more|fewer|larger|bigger|greater|smaller|shorter|longer|superior|inferior|beats?|outperforms?|wins?(?: over)?|ahead of|improves? on|improves?|improved|regress(?:es|ed)|exceeds?|doubles|halves|cuts|reduces|reduced|raises|raised|increases|increased|the (?:best|worst|fastest|slowest|lowest|highest|winner)|(?:best|worst|fastest|slowest|lowest|highest|smallest|largest)|winner)\b/i
const SUPERLATIVE = /\b(?:best|worst|fastest|slowest|lowest|highest|smallest|largest|winner|wins|superior)\b/i
const BEFORE_OTHER =
  /\b(?:than|over|against|versus|vs\.?|compared (?:to|with)|relative to|beats?|outperforms?|ahead of|improves? on|(?:up|down|differs?) from|exceeds)\s+(?:the |that of |those of |with )?(?:[\w-]+ )?$/i

const OF_ALL = /\b(?:than|over|beats|outperforms) (?:all|every|the (?:rest|others?))/i
const VERB = /^(?:improve[sd]?|regress(?:es|ed)|doubles|halves|cuts|reduce[sd]|raise[sd]|increase[sd]|exceeds?)$/
const NEGATED = /\b(?:not|never|neither|hardly|cannot|n't)\s+(?:be |a |any |the |much |significantly |measurably )*$/i
/** Quantities that a table rarely has; a ranking by one of them is about no other column. */
const ELSEWHERE =
  /\b(?:goodput|memory|RAM|footprint|cost|price|size|disk space|power|energy|fair(?:ness|er)|jitter|code size|simpler|readab\w+|IPC|CPI|caches?|branch(?:es)?|TLB|instructions)\b/i

/** Adjectives of a quantity, which follows them. */
const MEASURING =
  /^(?:the )?(?:lower|higher|more|less|fewer|larger|bigger|greater|smaller|lowest|highest|smallest|largest)$/i

const SMALL = /^(?:lower|less|fewer|smaller|shorter|lowest|smallest|reduces?d?|halves|cuts)$/
const LARGE = /^(?:higher|more|larger|bigger|greater|longer|highest|largest|raised?s?|increase[sd]?|doubles|exceeds?)$/
const WORSE = /^(?:slower|worse|inferior|worst|slowest|regress(?:es|ed))$/

/** A sentence speaks of none of more tables to either side. */
const NEAR = 8

/** Whether less of a metric is the better. */
function smallerIsBetter({ metric }: Column): boolean | undefined {
  if (metric === 'latency' || metric === 'drop') return true
  return metric === 'throughput' || metric === 'offered' ? false : undefined
}

/** What a column of times is about: `wait` of `wait p99 (ms)`. */
function mainWords(title: string): readonly string[] {
  const words = title.replace(/[([].*$/, '').match(/[A-Za-z]{3,}/g) ?? []
  return words.filter((word) => !/^(?:latency|time|mean|median|average|avg|min|max|std|dev|wall)$/i.test(word))
}

/** The columns that a sentence speaks of; those of its percentile, if it names one. */
function columnsIn(text: string, { columns }: LintTable): readonly Column[] {
  const of = (metric: Column['metric']) => columns.filter((column) => column.metric === metric)
  const named = columns.filter(
    ({ percentile, title, metric }) =>
      metric !== 'replicates' &&
      ((percentile !== undefined && new RegExp(`\\b${percentile.replace('.', '\\.?')}\\b`, 'i').test(text)) ||
        text.toLowerCase().includes(title.toLowerCase().replace(/\s*[([].*$/, '')) ||
        (metric === 'latency' && mainWords(title).some((word) => new RegExp(`\\b${word}s?\\b`, 'i').test(text)))),
  )
  if (named.length > 0) return named
  if (ELSEWHERE.test(text)) return []
  if (/\b(?:tail|tails)\b/i.test(text) && of('latency').some(({ percentile }) => percentile && percentile >= 'p9')) {
    return of('latency').filter(({ percentile }) => percentile && percentile >= 'p95')
  }
  if (/\bmedian\b/i.test(text)) return columns.filter(({ percentile }) => percentile === 'p50')
  if (/\b(?:throughput|ops\/s|bandwidth|requests per second|qps|rps|tps)\b/i.test(text)) return of('throughput')
  if (/\b(?:drops?|dropped|loss|losses|timeouts?|errors?)\b/i.test(text) && !/\blatenc/i.test(text)) return of('drop')
  if (/\b(?:latenc(?:y|ies)|response times?|delays?|wake-?ups?|pauses?|times?)\b/i.test(text)) return of('latency')
  if (
    /\b(?:faster|slower|quicker|fastest|slowest|better|worse|best|worst|superior|inferior|winner|wins?|beats?|outperforms?|improve\w*|ahead|regress\w*|performance)\b/i.test(
      text,
    )
  ) {
    return of('latency').length > 0 ? of('latency') : of('throughput')
  }
  return []
}

function directionOf(word: string, column: Column): boolean | undefined {
  if (SMALL.test(word)) return true
  if (LARGE.test(word)) return false
  const better = smallerIsBetter(column)
  if (better === undefined) return undefined
  return WORSE.test(word) ? !better : better
}

/** The first comparative behind a row's name, else the first of all: `A is faster`, `the fastest is A`. */
function spokenIn(text: string, subjects: readonly Mention[]): RegExpMatchArray | undefined {
  const words = [...text.matchAll(new RegExp(COMPARATIVE.source, 'gi'))]
  return words.find(({ index }) => subjects.some(({ end }) => end <= index)) ?? words[0]
}

/**
 * What a row is put before: the rows behind `than` and the like, else those that are named besides, else all others
 * where the sentence is about all, or there is one other. A verb says that something changed, and may mean no row.
 */
function othersOf(text: string, word: string, subject: Mention, found: readonly Mention[], table: LintTable) {
  const first = found.findIndex(({ at }) => BEFORE_OTHER.test(text.slice(0, at)))
  const behind = first === -1 ? [] : found.slice(first)
  const named = (behind.length > 0 ? behind : found).map(({ row }) => row).filter((row) => row !== subject.row)
  if (named.length > 0) return [...new Set(named)]
  const rest = table.rows.filter((row) => row !== subject.row)
  const isOfAll = SUPERLATIVE.test(text) || OF_ALL.test(text) || (rest.length === 1 && !VERB.test(word))
  return isOfAll ? rest : []
}

/** The columns of what follows the comparative (`lower latency than`), where it names any, else of the sentence. */
function columnsOf(text: string, word: RegExpMatchArray, table: LintTable): readonly Column[] {
  const behind = text.slice((word.index as number) + word[0].length)
  const [phrase = ''] = behind.split(
    /\b(?:than|of|in|at|from|by|with|compared|when|if|and|but|thanks|because)\b|[,;:.](?=\s|$)/,
  )
  const near = columnsIn(phrase, table)
  if (near.length > 0) return near
  // `lower memory`, `more threads`: of a quantity that the table does not have.
  return MEASURING.test(word[0]) && /[a-z]{3}/i.test(phrase) ? [] : columnsIn(text, table)
}

/** @param isOfOtherRun whether something else was run between the table and the sentence: settings may be of that */
function comparisonIn(sentence: Sentence, table: LintTable, isOfOtherRun: boolean): Comparison | undefined {
  const text = withoutOptions(sentence.text)
  const found = mentionsIn(text, table).filter(({ isExact }) => isExact || !isOfOtherRun)
  const subjects = found.filter(({ at }) => !BEFORE_OTHER.test(text.slice(0, at)))
  const word = spokenIn(text, subjects)
  if (word === undefined || NEGATED.test(text.slice(0, word.index))) return undefined
  const subject = subjects.findLast(({ at }) => at < (word.index as number)) ?? subjects[0]
  if (subject === undefined) return undefined
  const spoken = word[0].toLowerCase().replace(/^the /, '')
  const others = othersOf(text, spoken, subject, found, table)
  const columns = columnsOf(text, word, table).flatMap((column) => {
    const smaller = directionOf(spoken, column)
    return smaller === undefined ? [] : [{ column, smaller }]
  })
  return others.length === 0 || columns.length === 0
    ? undefined
    : { sentence, table, row: subject.row, others, columns }
}

/** The table that a sentence speaks of: the last one before it that has its rows, else the next after it. */
function findComparisons({ sentences, tables, commands }: Document): readonly Comparison[] {
  const runs = commands.filter(({ isCommand }) => isCommand).map(({ line }) => line)
  return sentences.flatMap((sentence) => {
    if (!COMPARATIVE.test(sentence.text) || !claims(sentence.text)) return []
    const before = tables.filter(({ line }) => line < sentence.line).slice(-NEAR)
    const after = tables.filter(({ line }) => line > sentence.line).slice(0, NEAR)
    for (const table of [...before.reverse(), ...after]) {
      const isOfOtherRun = runs.some((line) => line > table.last && line < sentence.line)
      const found = comparisonIn(sentence, table, isOfOtherRun)
      if (found !== undefined) return [found]
    }
    return []
  })
}

const KNOWN = new WeakMap<Document, readonly Comparison[]>()

/** What the sentences of a document compare. */
export function comparisons(document: Document): readonly Comparison[] {
  const found = KNOWN.get(document) ?? findComparisons(document)
  KNOWN.set(document, found)
  return found
}

/** Whether the figures say the opposite in every column that the sentence is about. */
export function isContradicted({ row, others, columns }: Comparison): boolean {
  const judged = columns.flatMap(({ column, smaller }) => {
    const own = row.values.get(column.index)?.value
    const figures = others.map((other) => other.values.get(column.index)?.value)
    if (own === undefined || figures.some((value) => value === undefined)) return []
    return [figures.some((value) => (smaller ? own > (value as number) : own < (value as number)))]
  })
  return judged.length > 0 && judged.every((one) => one)
}
