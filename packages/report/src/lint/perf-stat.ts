import { NUMBER, numberOf } from './numbers.js'

/** One event of `perf stat`. */
export interface PerfEvent {
  readonly name: string
  readonly line: number
  /** `undefined` where perf has `<not supported>` or `<not counted>`. */
  readonly count: number | undefined
  /** What perf prints behind `#` with `/sec`: per second of CPU time. */
  readonly rate: number | undefined
}

/** What `perf stat` printed once. */
export interface PerfStat {
  readonly line: number
  /** Last line of it. */
  readonly last: number
  readonly section: number
  readonly events: readonly PerfEvent[]
  /** Of both clocks; `undefined` where they are not printed. */
  readonly elapsedS: number | undefined
  readonly cpuS: number | undefined
  readonly runs: number
}

const HEADER = /Performance counter stats for /
const EVENT = new RegExp(
  String.raw`^\s*(?:(${NUMBER})|<(?:not supported|not counted|unavailable)>)\s+(msec|ns|Joules)?\s*([A-Za-z][\w./:=,-]*)\s*(?:$|[#(].*$)`,
)
const RATE = new RegExp(String.raw`#\s*(${NUMBER})\s*([KMG])?\s*/sec`, 'i')
const ELAPSED = new RegExp(String.raw`^\s*(${NUMBER})\s+(?:\+-\s+${NUMBER}\s+)?(?:seconds time elapsed|wall seconds)`)
const RUNS = /\((\d+) runs?\b/
/** Lines that perf's output has besides, or that continue it. */
const INSIDE = /^\s*(?:$|#|[\d.]+\s+seconds (?:user|sys))/

export function isPerfHeader(line: string): boolean {
  return HEADER.test(line) && !/^\s*[>|]/.test(line)
}

/** @param index of the header; `undefined` where no event follows it */
export function perfStatAt(lines: readonly string[], index: number, section: number): PerfStat | undefined {
  const events: PerfEvent[] = []
  let elapsedS: number | undefined
  let cpuS: number | undefined
  let last = index + 1
  let header = lines[index] as string
  for (let at = index + 1; at < lines.length; at++) {
    const line = lines[at] as string
    const event = EVENT.exec(line)
    const elapsed = ELAPSED.exec(line)?.[1]
    if (elapsed !== undefined) elapsedS = numberOf(elapsed)
    else if (event !== null) {
      const [, count, unit, name] = event
      const rate = RATE.exec(line)
      if (unit === 'msec' && name?.startsWith('task-clock') && count !== undefined) cpuS = numberOf(count) / 1e3
      events.push({
        name: name as string,
        line: at + 1,
        count: count === undefined ? undefined : numberOf(count),
        rate: rate === null ? undefined : numberOf(rate[1] as string, rate[2]),
      })
    } else if (events.length === 0 && line.trim() !== '') header += ` ${line.trim()}`
    else if (!INSIDE.test(line)) break
    if (events.length === 0 && at > index + 4) break
    if (line.trim() !== '') last = at + 1
  }
  if (events.length === 0) return undefined
  return { line: index + 1, last, section, events, elapsedS, cpuS, runs: Number(RUNS.exec(header)?.[1] ?? 1) }
}
