import { type CommandLine, initials, isLoad, plannedRate } from '../commands.js'
import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { duration, NUMBER, numberOf, short } from '../numbers.js'
import { plain, type Sentence } from '../sentences.js'
import type { LintTable } from '../tables.js'

/** Below this share of the planned rate it was missed. */
const KEPT = 0.97

interface Planned {
  readonly perSecond: number
  readonly words: string
}

const SLEEP = new RegExp(String.raw`\b(u|nano|m)?sleep\(?\s*(${NUMBER})\s*(ns|us|µs|ms|s)?\b`, 'i')
const PERIOD = new RegExp(
  String.raw`\b(?:interval|period|every|gap) (?:of |is |was |= ?)?(${NUMBER})\s*(ns|us|µs|ms|s)\b`,
  'i',
)
const TARGET = new RegExp(
  String.raw`\b(?:target(?:ed|ing)?|requested|planned|offered load|asked for|configured|rate limit(?:ed)?|paced)\s*(?:rate\s*)?(?:of|at|to|:|=|for)?\s*(${NUMBER})\s*([kKMG](?![A-Za-z]))?\s*(?:\w+\s*)?(?:\/\s*s(?:ec)?\b|per second|ops\/s|qps|rps|tps)`,
  'i',
)
const ACHIEVED = new RegExp(
  String.raw`(?<![\w.])(${NUMBER})\s*([kKMG](?![A-Za-z]))?\s*(?:\w+\s*)?(?:\/\s*s(?:ec)?\b|per second|qps\b|rps\b|tps\b)|\b(?:ops|req|requests|items)\/s\D{0,20}?(${NUMBER})\s*([kKMG](?![A-Za-z]))?`,
  'gi',
)
const SECONDS: Readonly<Record<string, number>> = { ns: 1e-9, us: 1e-6, µs: 1e-6, ms: 1e-3, s: 1 }
const OF_EVENTS = new RegExp(
  String.raw`${NUMBER}\s*[kKMG]?(?:\s*\/\s*s(?:ec)?)?\s*(?:context[- ])?(?:switch(?:es)?|migrations?|faults?|interrupts?)|\b(?:switch(?:es)?|migrations?|faults?|interrupts?)\D{0,20}?${NUMBER}\s*[kKMG]?(?:\s*\/\s*s(?:ec)?)?`,
  'gi',
)
const ANY = new RegExp(String.raw`(?<![\w.])(${NUMBER})\s*([kKMG](?![A-Za-z]))?`, 'g')
/** Says both what was asked for and what came: whoever reads it knows. */
const STATED =
  /\b(?:offer(?:s|ed)|achieve[sd]|reache[sd]|sends?|sent|deliver(?:s|ed)|got|gets|manage[sd]|only)\b[^.]*\b(?:planned|requested|target\w*|asked|of the planned|nominal|instead of)\b|\b(?:planned|requested|target\w*|asked|nominal)\b[^.]*\b(?:offer(?:s|ed)|achieve[sd]|reache[sd]|sends?|sent|only|missed|short of|below)\b|\bovershoot\b|\bmiss(?:ed|es) (?:the |its |their )?(?:target |planned |requested |offered )?rate\b|\brate (?:was |is )?missed\b|\bclosed[- ]loop\b/i

function plannedIn(text: string): Planned | undefined {
  const sleep = SLEEP.exec(text)
  if (sleep !== null) {
    const unit = sleep[3] ?? { u: 'us', nano: 'ns', m: 'ms' }[(sleep[1] ?? '').toLowerCase()]
    const seconds = numberOf(sleep[2] as string) * (SECONDS[unit ?? ''] ?? Number.NaN)
    if (seconds > 0) return { perSecond: 1 / seconds, words: `a sleep of ${sleep[2]} ${unit}` }
  }
  const period = PERIOD.exec(text)
  if (period !== null) {
    const seconds = numberOf(period[1] as string) * (SECONDS[period[2] as string] as number)
    if (seconds > 0) return { perSecond: 1 / seconds, words: `an interval of ${period[1]} ${period[2]}` }
  }
  const target = TARGET.exec(text)
  if (target === null) return undefined
  return { perSecond: numberOf(target[1] as string, target[2]), words: 'the rate asked for' }
}

function plannedBy({ options }: CommandLine): Planned | undefined {
  for (const option of options) {
    const perSecond = plannedRate(option)
    if (perSecond !== undefined) return { perSecond, words: `--${option.name} ${option.value}${option.unit}` }
  }
  return undefined
}

/** A load option of some command, shortened: `pi 1000` or `pi_0` for `--prod-interval-us`. */
function abbreviated(text: string, commands: readonly CommandLine[]): Planned | undefined {
  for (const option of commands.flatMap(({ options }) => options)) {
    const perSecond = plannedRate(option)
    const short = initials(option.name)
    if (perSecond === undefined || short.length < 2 || !isLoad(option.name)) continue
    if (new RegExp(`\\b${short}[\\s=_:]*${option.value}\\b`, 'i').test(text)) {
      return { perSecond, words: `--${option.name} ${option.value}${option.unit}` }
    }
  }
  return undefined
}

/** What a table's rows were offered: a column, the heading, or the commands and words of the same section. */
function plannedOf(table: LintTable, { sections, sentences, commands }: Document): Planned | undefined {
  const title = plain(sections[table.section]?.title ?? '')
  const here = commands.filter(({ section }) => section === table.section)
  const rates = here.map((command) => ({ line: command.line, planned: plannedBy(command) }))
  const before = rates.findLast(({ line, planned }) => line < table.line && planned !== undefined)?.planned
  const all = rates.flatMap(({ planned }) => planned ?? [])
  const one = before ?? (all.every(({ perSecond }) => perSecond === all[0]?.perSecond) ? all[0] : undefined)
  const said = sentences.filter(({ section }) => section === table.section).map(({ text }) => plannedIn(text))
  return plannedIn(title) ?? abbreviated(title, commands) ?? one ?? said.find((rate) => rate !== undefined)
}

function gap(perSecond: number, planned: number): string {
  const [mean, asked] = [1000 / perSecond, 1000 / planned]
  return `a mean gap of ${duration(mean)}, ${duration(mean - asked)} more than asked`
}

/** Whether a sentence says what came of this rate: one of the same section, one with its figure, one of any rate. */
function admits({ text, section }: Sentence, table: LintTable, { perSecond }: Planned): boolean {
  if (!STATED.test(text)) return false
  const figures = [...text.matchAll(ANY)].map(([, digits = '', scale]) => numberOf(digits, scale))
  return (
    section === table.section ||
    figures.length === 0 ||
    figures.some((figure) => Math.abs(figure / perSecond - 1) < 0.01)
  )
}

/** Findings in tables: an unkept rate that no sentence and no column admits. */
function inTables(document: Document) {
  return document.tables.flatMap((table) => {
    const throughput =
      table.columns.find(({ metric }) => metric === 'throughput') ??
      table.columns.find(({ metric }) => metric === 'offered')
    const columns = table.columns.filter(({ metric }) => metric === 'planned')
    const planned = plannedOf(table, document)
    if (throughput === undefined || planned === undefined || columns.length > 0) return []
    if (document.sentences.some((sentence) => admits(sentence, table, planned))) return []
    const drop = table.columns.find(({ metric }) => metric === 'drop')
    const missed = table.rows.filter((row) => {
      const rate = row.values.get(throughput.index)?.value
      const dropped = drop === undefined ? 0 : (row.values.get(drop.index)?.value ?? 0)
      const share = /%/.test(drop?.title ?? '') ? dropped / 100 : dropped
      return rate !== undefined && rate / (1 - (share < 1 ? share : 0)) < KEPT * planned.perSecond
    })
    const [first] = missed
    if (first === undefined) return []
    const rates = missed.map((row) => row.values.get(throughput.index)?.value as number)
    const span = rates.length === 1 ? `${rates[0]}` : `${Math.min(...rates)} to ${Math.max(...rates)}`
    return [
      {
        line: first.line,
        says: `${missed.length === 1 ? 'a row has' : `${missed.length} rows have`} ${span} ${throughput.title}, and no word of the rate asked for`,
        carries: `${planned.words} asks for ${short(planned.perSecond)} per second; ${gap(rates[0] as number, planned.perSecond)}`,
        advice: 'show the offered rate beside the planned one, and find what kept the producer from it',
      },
    ]
  })
}

/** A median latency of a table that is far smaller than the time to be explained. */
function tooSmall(text: string, { tables }: Document, missingMs: number): string {
  if (!/\b(?:latenc|wake-?up|delay|scheduling|slow)/i.test(text)) return ''
  for (const table of tables) {
    const column = table.columns.find(({ percentile, ms }) => percentile === 'p50' && ms !== undefined)
    const values =
      column === undefined
        ? []
        : table.rows.map((row) => (row.values.get(column.index)?.value ?? Number.NaN) * (column.ms as number))
    const most = Math.max(...values)
    if (most < missingMs / 3) return `; a p50 of ${duration(most)} (line ${table.line}) is too short to be that`
  }
  return ''
}

function passageOf({ passage }: Sentence, { sentences }: Document): string {
  const own = sentences.filter((sentence) => sentence.passage === passage)
  return own.map(({ text }) => text).join(' ')
}

function inSentences(document: Document) {
  return document.sentences.flatMap((sentence) => {
    const { text } = sentence
    const planned = plannedIn(text) ?? abbreviated(text, document.commands)
    if (planned === undefined || STATED.test(text)) return []
    // A rate of events is none of items.
    const items = text.replace(OF_EVENTS, '')
    const rates = [...items.matchAll(ACHIEVED)].map(([, one, oneScale, other, otherScale]) =>
      numberOf(one ?? (other as string), one === undefined ? otherScale : oneScale),
    )
    const rate = rates.find((value) => value > 0 && value < KEPT * planned.perSecond)
    if (
      rate === undefined ||
      rates.some((value) => value >= KEPT * planned.perSecond && value <= planned.perSecond * 1.03)
    )
      return []
    const missing = 1000 / rate - 1000 / planned.perSecond
    return [
      {
        line: sentence.line,
        says: quote(text),
        carries: `${planned.words} asks for ${short(planned.perSecond)} per second; ${short(rate)} are ${gap(rate, planned.perSecond)}${tooSmall(passageOf(sentence, document), document, missing)}`,
        advice: 'say that the rate was missed; look for the overshoot in the pacing (deadline or spin) first',
      },
    ]
  })
}

export const missedRate: Rule = {
  name: 'missed-rate',
  finds: 'a rate below 97 % of the one asked for, which nothing in the document admits',
  example: '447 ops/s at --interval-us 1000 given as the throughput: 1000 per second were asked for',
  check: (document) => [...inTables(document), ...inSentences(document)],
}
