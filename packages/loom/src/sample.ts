import { type Choice, type Execution, RUN } from './execution.js'
import type { SearchReport } from './search.js'

export interface SampleOptions {
  /** How often the scenario is run. */
  readonly executions: number
  /** The same seed, the same schedules; a whole number. */
  readonly seed: number
  /** How often in an execution the thread that moves falls behind all others; default 3. */
  readonly changes?: number
  /** Gives up after so many milliseconds; absent: never. */
  readonly maxMs?: number
}

/** Numbers from 0 to 1, by seed: mulberry32. */
function randomBy(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/**
 * Random priorities, for what is too large to be searched: always the thread of the highest one moves, and at a few random
 * steps the one that does gets the lowest. A failure that needs `changes` orders of steps to be as they are is met with
 * probability 1 / (threads × steps ^ (changes - 1)) at least: Burckhardt et al., A Randomized Scheduler with Probabilistic
 * Guarantees of Finding Bugs, ASPLOS 2010.
 */
export function sample(execution: Execution, { executions, seed, changes = 3, maxMs }: SampleOptions): SearchReport {
  const begin = performance.now()
  const random = randomBy(seed)
  let [done, steps, longest] = [0, 0, 100]
  const report = (schedule?: Choice[]): SearchReport => ({
    executions: done,
    states: 0,
    steps,
    complete: false,
    ms: performance.now() - begin,
    ...(execution.failure && schedule && { failure: { ...execution.failure, schedule } }),
  })
  execution.keepHistories(false)
  for (; done < executions; ) {
    done++
    execution.begin()
    const priorities = execution.threads.map(() => 1 + random())
    const falls = new Set(Array.from({ length: changes }, () => Math.floor(random() * longest)))
    const schedule: Choice[] = []
    while (!execution.failure) {
      const choices = execution.choices()
      if (choices.length === 0) {
        execution.finish()
        break
      }
      const first = Math.max(...choices.map(({ thread }) => priorities[thread] as number))
      const own = choices.filter(({ thread }) => priorities[thread] === first)
      // Older values, time-outs and deaths are rarer than going on.
      const other = own.filter(({ how }) => how !== RUN)
      const runs = own.find(({ how }) => how === RUN)
      const choice = (
        runs !== undefined && (other.length === 0 || random() > 0.1) ? runs : other[Math.floor(random() * other.length)]
      ) as Choice
      if (falls.has(schedule.length)) priorities[choice.thread] = -schedule.length
      schedule.push(choice)
      execution.apply(choice)
    }
    steps += schedule.length
    longest = Math.max(longest, schedule.length)
    if (execution.failure) return report(schedule)
    if (maxMs !== undefined && performance.now() - begin > maxMs) break
  }
  return report()
}
