import { type Choice, DIE, type Event, type Execution, type Failure, TIME_OUT, TIMER } from './execution.js'
import type { Operation } from './operation.js'
import type { Sites } from './sites.js'

const NUMBER = 4
const WHERE = 18
const TOTAL = 80

/** What a word is called: by the scenario, else by its byte. */
function wordName(address: number, names: Readonly<Record<number, string>> = {}): string {
  const byte = address % 2 ** 32
  const known = names[byte]
  if (known !== undefined && !known.endsWith('+')) return known
  const below = Object.keys(names)
    .map(Number)
    .filter((at) => at <= byte && names[at]?.endsWith('+'))
  const from = below.at(-1)
  return from === undefined ? `byte ${byte}` : `${names[from]?.slice(0, -1)}[${byte - from}]`
}

function say(
  { how, operation, address, answer, after }: Event,
  names: Readonly<Record<number, string>> | undefined,
): string {
  if (how === DIE) return '† dies'
  if (how === TIME_OUT) return 'times out'
  if (how === TIMER) return 'timer fires'
  const { kind, value, extra } = operation as Operation
  const word = wordName(address, names)
  switch (kind) {
    case 'get':
      return `read ${word}: ${answer}`
    case 'load':
      return `load ${word}: ${answer}`
    case 'set':
      return `write ${word}: ${after}`
    case 'compareExchange':
      return answer === value ? `cmpxchg ${word}: ${answer} → ${extra}` : `cmpxchg ${word}: no, ${answer}`
    case 'wait':
    case 'waitAsync':
      return `${kind} ${word} at ${value}: ${answer}`
    case 'notify':
      return `notify ${word}: ${answer} woken`
    case 'new':
      return 'constructs'
    case 'pause':
      return 'looks again'
    case 'idle':
      return 'event loop turns'
    default:
      return `${kind} ${word}: ${kind === 'store' ? '' : `${answer} `}→ ${after}`
  }
}

function wrap(text: string, width: number): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const last = lines.at(-1) as string
    if (last.length + word.length + 1 > width && last !== '') lines.push(word)
    else lines[lines.length - 1] = last === '' ? word : `${last} ${word}`
  }
  return lines
}

/** A column for each thread, a line for each access, in the order in which they happened. */
export function traceText(events: readonly Event[], { threads, scenario }: Execution, sites: Sites): string {
  const width = Math.floor((TOTAL - NUMBER - WHERE) / threads.length) - 1
  const line = (number: string, thread: number, text: string, where: string) => {
    const columns = threads.map((_, i) => (i === thread ? text : '').padEnd(width))
    return `${number.padStart(NUMBER - 1)} ${columns.join('|')}|${where}`.trimEnd()
  }
  const head = `${''.padEnd(NUMBER)}${threads.map(({ name }) => name.padEnd(width)).join('|')}|`
  const lines = events.flatMap((event, i) => {
    const { operation, thread } = event
    const site = operation === undefined || operation.site < 0 ? undefined : sites.where(operation.site)
    const where = site === undefined ? '' : `${site.file.split('/').at(-1)}:${site.line}`
    return wrap(say(event, scenario.words), width).map((text, row) =>
      row === 0 ? line(String(i + 1), thread, text, where) : line('', thread, text, ''),
    )
  })
  return [head, ...lines].join('\n')
}

/**
 * Runs a schedule once more, and tells what happens.
 *
 * @returns the trace, and the failure that it ends with, if any
 */
export function retrace(
  execution: Execution,
  schedule: readonly Choice[],
  sites: Sites,
): { readonly text: string; readonly failure: Failure | undefined } {
  execution.trace = []
  execution.keepHistories(true)
  execution.begin()
  for (const choice of schedule) {
    if (execution.failure) break
    if (!execution.choices().some(({ thread, how }) => thread === choice.thread && how === choice.how)) {
      throw new Error(
        `[spsc] [loom] the schedule asks ${execution.threads[choice.thread]?.name} to move, which it can't`,
      )
    }
    execution.apply(choice)
  }
  if (!execution.failure && execution.choices().length === 0) execution.finish()
  const text = traceText(execution.trace, execution, sites)
  execution.trace = undefined
  return { text, failure: execution.failure }
}
