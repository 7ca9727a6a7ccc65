import { SpscError } from '@spsc/core'

/** Values that a range without a step may have: beyond that, each by one is rarely what is meant. */
const MAX_UNSTEPPED = 64
/** Values that any range may have. */
const MAX_VALUES = 10_000

const FORMS = 'FIRST..LAST*FACTOR or FIRST..LAST+STEP'

/** `first..last`, then `*factor` or `+step`. */
const RANGE = /^([^.]*(?:\.\d+)?[^.]*)\.\.([^*+]+)(?:([*+])(.+))?$/

function rangeError(calledBy: string, text: string, reason: string, allowed: string = FORMS): SpscError {
  return new SpscError(
    'ERR_OPTION',
    'scenario',
    `${calledBy} is ${JSON.stringify(text)}: ${reason}; allowed: ${allowed}`,
  )
}

/** Twelve digits: 0.1 + 0.2 is 0.3. */
function rounded(value: number): number {
  return Number(value.toPrecision(12))
}

/** Reads and checks one value, which an error calls as the reader did. */
export type Parse<Value> = (part: string, calledBy: string) => Value

export function isRange(text: unknown): text is string {
  return typeof text === 'string' && text.includes('..')
}

/** The ends of `first..last`, and its step as text. @throws `ERR_OPTION` */
export function parseRange(text: string, parse: Parse<unknown>, calledBy: string) {
  const [, from, to, operator, step] = RANGE.exec(text.trim()) ?? []
  if (from === undefined || to === undefined) throw rangeError(calledBy, text, 'it is no range')
  const [first, last] = [parse(from, calledBy), parse(to, calledBy)]
  if (typeof first !== 'number' || typeof last !== 'number') throw rangeError(calledBy, text, 'its ends are no numbers')
  if (first > last) throw rangeError(calledBy, text, 'its first value is above its last')
  return { first, last, operator, step }
}

/** Values from `first` until `last`; the walk is bounded, whatever the step. */
function stepped(last: number, next: (index: number) => number): number[] {
  const values: number[] = []
  for (let index = 0; index <= MAX_VALUES; index++) {
    const value = rounded(next(index))
    if (value > last) break
    values.push(value)
  }
  return values
}

/**
 * The values of a range: `8..64*2` is 8, 16, 32, 64; `0..1000+250` is 0, 250, 500, 750, 1000; `1..4` is 1, 2, 3, 4. The
 * first is among them, the last where the steps meet it. Text without `..` is one value.
 *
 * @param parse reads one value, or a step that is added
 * @throws `ERR_OPTION`, and what `parse` throws
 *
 * @example
 * expandRange('100ms..10s*10', (...text) => parseSetting('duration', ...text), '--duration') // [0.1, 1, 10]
 */
export function expandRange<Value>(text: string, parse: Parse<Value>, calledBy: string): Value[] {
  if (!isRange(text)) return [parse(text, calledBy)]
  const { first, last, operator, step = '' } = parseRange(text, parse, calledBy)
  let values: number[]
  if (operator === '*') {
    const factor = Number(step)
    if (!(factor > 1)) throw rangeError(calledBy, text, 'its factor is not above 1')
    if (first <= 0) throw rangeError(calledBy, text, 'no factor leads away from 0', 'as in 0,1..1000*10')
    values = stepped(last, (index) => first * factor ** index)
  } else if (operator === '+') {
    const added = parse(step, calledBy)
    if (typeof added !== 'number' || added <= 0) throw rangeError(calledBy, text, 'its step is not above 0')
    values = stepped(last, (index) => first + added * index)
  } else {
    if (!Number.isInteger(first) || !Number.isInteger(last) || last - first >= MAX_UNSTEPPED) {
      throw rangeError(calledBy, text, `without a step, a range is of at most ${MAX_UNSTEPPED} integers`)
    }
    values = stepped(last, (index) => first + index)
  }
  if (values.length > MAX_VALUES) {
    throw rangeError(calledBy, text, `it has more than ${MAX_VALUES} values`, 'a longer step')
  }
  // A setting may take fewer values than the numbers between its ends: 8..100*1.5 meets 40.5.
  return values.map((value) => parse(String(value), `a value of ${calledBy} ${text}`))
}
