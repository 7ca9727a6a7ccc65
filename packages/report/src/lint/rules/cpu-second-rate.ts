import type { Document } from '../document.js'
import { quote, type Rule } from '../finding.js'
import { NUMBER, numberOf, roundsTo, short } from '../numbers.js'
import type { PerfEvent, PerfStat } from '../perf-stat.js'
import type { Sentence } from '../sentences.js'

const FIGURE = new RegExp(String.raw`(?<![\w.])(${NUMBER})\s*([kKMG])?(?![\w.]*\d)`, 'g')
const PER_SECOND = new RegExp(
  String.raw`(?<![\w.])(${NUMBER})\s*([kKMG])?\s*(?:\/\s*s(?:ec(?:ond)?)?\b|per second|(?:a|each|every) second)`,
  'g',
)
/** A sentence that says what perf's rate is divided by has read it rightly. */
const SAYS_CPU = /\b(?:per|a|each|\/) ?(?:CPU[- ]?(?:second|s\b)|second of (?:CPU|processor))/i

/** Rates that differ by more than what rounding does to both. */
function isMisleading({ elapsedS, cpuS }: PerfStat): boolean {
  return elapsedS !== undefined && cpuS !== undefined && Math.abs(Math.log(elapsedS / cpuS)) > Math.log(1.1)
}

/** What is said close to the name of an event, in the same clause. */
function wordsAround(text: string, event: string): readonly string[] {
  const words = event
    .replace(/[:/].*$/, '')
    .replaceAll(/[-_]/g, '[-_ ]')
    .replace(/e?s$/, '')
  return [...text.matchAll(new RegExp(`\\b${words}\\w*`, 'gi'))].map((match) => {
    const before = text.slice(Math.max(0, match.index - 40), match.index)
    const after = text.slice(match.index + match[0].length, match.index + match[0].length + 60)
    return `${before.split(/[,;:→] | and /).at(-1)} ${after.split(/[;→]|, /)[0]}`
  })
}

function readWrongly({ text }: Sentence, event: PerfEvent, { elapsedS }: PerfStat): boolean {
  const { rate, count } = event
  if (rate === undefined || count === undefined || elapsedS === undefined) return false
  if (SAYS_CPU.test(text)) return false
  const near = wordsAround(text, event.name)
  const figures = near.flatMap((words) => [...words.matchAll(FIGURE)])
  const rates = near.length > 0 ? [...text.matchAll(PER_SECOND)] : []
  return [...figures, ...rates].some(([, written = '', scale]) => {
    const figure = numberOf(written, scale)
    const isOther = roundsTo(count / elapsedS, written, figure) || roundsTo(count, written, figure)
    return figure > 0 && roundsTo(rate, written, figure) && !isOther
  })
}

/** Where another run's rates stand the other way round once they are per second. */
function reversed(event: PerfEvent, stat: PerfStat, stats: readonly PerfStat[]): string {
  for (const other of stats) {
    const same = other.events.find(({ name }) => name === event.name)
    if (other === stat || same?.count === undefined || same.rate === undefined || other.elapsedS === undefined) continue
    const [own, its] = [(event.count as number) / (stat.elapsedS as number), same.count / other.elapsedS]
    if ((own - its) * ((event.rate as number) - same.rate) < 0)
      return `, and ${short(its)} in the run of line ${same.line}: the order is reversed`
  }
  return ''
}

function check({ sentences, perfStats }: Document) {
  return sentences.flatMap((sentence) =>
    perfStats.filter(isMisleading).flatMap((stat) =>
      stat.events
        .filter((event) => readWrongly(sentence, event, stat))
        .map((event) => ({ event, ...event }))
        .map(({ event, name, line, count, rate }) => ({
          line: sentence.line,
          says: quote(sentence.text),
          carries:
            `perf's ${short(rate as number)} /sec of ${name} (line ${line}) is per second of CPU time; ` +
            `${count} in ${short(stat.elapsedS as number)} s are ${short((count as number) / (stat.elapsedS as number))} per second${reversed(event, stat, perfStats)}`,
          advice: 'divide counts by the elapsed time before they are called a rate or compared',
        })),
    ),
  )
}

/** perf divides by task-clock, not by elapsed time (`perf stat`'s shadow statistics). */
export const cpuSecondRate: Rule = {
  name: 'cpu-second-rate',
  finds: 'a rate of perf stat, which is per second of CPU time, read as one per second',
  example: '"21K context switches per second" of 9253 in 10 s at 4 % of a CPU: they are 924 per second',
  check,
}
