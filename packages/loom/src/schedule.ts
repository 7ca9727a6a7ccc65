import { LoomError } from './errors.js'
import { type Choice, DIE, RUN, TIME_OUT, TIMER } from './execution.js'

/*
 * A schedule as text: a letter for each step, `a` where the first thread moves, `b` the second … After it, `!` where the thread
 * dies, `~` where its wait times out, `'` where its timer fires, and a number where a racing read gets an older value.
 */
const MARKS = new Map([
  [DIE, '!'],
  [TIME_OUT, '~'],
  [TIMER, "'"],
])

const FIRST = 'a'.charCodeAt(0)

export function scheduleText(schedule: readonly Choice[]): string {
  return schedule
    .map(({ thread, how }) => String.fromCharCode(FIRST + thread) + (how === RUN ? '' : (MARKS.get(how) ?? how)))
    .join('')
}

/** @throws `ERR_OPTION` */
export function parseSchedule(text: string): Choice[] {
  const steps = text.match(/[a-z](?:[!~']|\d+)?/g) ?? []
  if (steps.join('') !== text) {
    const message = `schedule is ${JSON.stringify(text)}; allowed: letters, each with !, ~, ' or a number behind it or not`
    throw new LoomError('ERR_OPTION', message)
  }
  return steps.map((step) => {
    const mark = [...MARKS].find(([, one]) => one === step[1])
    return { thread: step.charCodeAt(0) - FIRST, how: mark?.[0] ?? Number(step.slice(1)) }
  })
}
