import { type CommandLine, commandIn } from './commands.js'
import { isPerfHeader, type PerfStat, perfStatAt } from './perf-stat.js'
import { type Sentence, sentencesOf } from './sentences.js'
import { isTableAt, type LintTable, tableAt } from './tables.js'

/** A report as the rules see it: what was measured, apart from what is said of it. Lines count from 1. */
export interface Document {
  readonly tables: readonly LintTable[]
  readonly perfStats: readonly PerfStat[]
  /** Whatever names options, in the order of the text. */
  readonly commands: readonly CommandLine[]
  readonly sentences: readonly Sentence[]
  readonly sections: readonly Section[]
}

/** From one heading to the next, whatever their levels; the first is what stands before any heading. */
export interface Section {
  readonly number: number
  readonly title: string
  readonly line: number
}

/** Text of one paragraph or one item of a list: what is said in one breath. */
interface Passage {
  readonly section: number
  readonly lines: { readonly text: string; readonly line: number }[]
}

const HEADING = /^ {0,3}#{1,6}\s+(.*?)\s*#*\s*$/
const FENCE = /^ {0,3}(`{3,}|~{3,})/
/** Also `-word` without a space, as in hasty notes; not `--option` and not a rule of dashes. */
const ITEM = /^\s*(?:[-*+](?![-*+])\s*|\d{1,3}[.)]\s+)(?=\S)/

/** Reads Markdown as a report. Text that is neither a table, nor perf's output, nor code is prose. */
export function parseDocument(text: string): Document {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/)
  const sections: Section[] = [{ number: 0, title: '', line: 1 }]
  const tables: LintTable[] = []
  const perfStats: PerfStat[] = []
  const commands: CommandLine[] = []
  const passages: Passage[] = []
  let open: Passage | undefined
  let fence: string | undefined
  const section = () => sections.length - 1
  const close = () => {
    open = undefined
  }

  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] as string
    const found = commandIn(line, index + 1, section(), fence !== undefined)
    if (found !== undefined) commands.push(found)
    const perf = isPerfHeader(line) ? perfStatAt(lines, index, section()) : undefined
    if (perf !== undefined) {
      perfStats.push(perf)
      // Its command stands in the header, which was read above.
      index = perf.last - 1
      close()
      continue
    }
    const mark = FENCE.exec(line)?.[1]
    if (mark !== undefined) {
      if (fence === undefined) fence = mark
      else if (mark.startsWith(fence)) fence = undefined
      close()
      continue
    }
    if (fence !== undefined) continue
    const heading = HEADING.exec(line)?.[1]
    if (heading !== undefined) {
      sections.push({ number: sections.length, title: heading, line: index + 1 })
      close()
      continue
    }
    if (isTableAt(lines, index)) {
      const table = tableAt(lines, index, section())
      tables.push(table)
      index = table.last - 1
      close()
      continue
    }
    if (line.trim() === '') {
      close()
      continue
    }
    if (open === undefined || ITEM.test(line)) {
      open = { section: section(), lines: [] }
      passages.push(open)
    }
    open.lines.push({ text: line.replace(ITEM, '').replace(/^\s*>\s?/, ''), line: index + 1 })
    // A hard line break (CommonMark 6.7).
    if (/ {2}$|\\$/.test(line)) close()
  }
  const sentences = passages.flatMap((passage, number) => sentencesOf(passage.lines, passage.section, number))
  return { tables, perfStats, commands, sentences, sections }
}
