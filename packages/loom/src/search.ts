import { type Choice, DIE, type Execution, type Failure, type Histories, RUN } from './execution.js'

export interface SearchOptions {
  /** How often the scheduler may take a thread's turn away though it could go on; absent: without limit. */
  readonly preemptions?: number
  /** Gives up after so many milliseconds; absent: never. */
  readonly maxMs?: number
  /** Gives up after so many states; absent: never. */
  readonly maxStates?: number
}

export interface SearchReport {
  /** Times the scenario was run, to its end or to a state that had been seen before. */
  readonly executions: number
  readonly states: number
  readonly steps: number
  /** Whether all there is within the bound has been seen. */
  readonly complete: boolean
  readonly failure?: Failure & { readonly schedule: readonly Choice[] }
  readonly ms: number
}

interface Node {
  readonly choices: readonly Choice[]
  at: number
  readonly histories: Histories
}

/**
 * Depth first through all choices, each execution from the beginning; a state that has been seen is not gone on from. So
 * every state that any order of the steps can reach is reached.
 */
export function search(execution: Execution, options: SearchOptions = {}): SearchReport {
  const begin = performance.now()
  let report: SearchReport | undefined
  while (report === undefined) report = searchOnce(execution, options, begin)
  return report
}

/** `undefined`: a racing read was of a new address; how stale that is belongs to the state, from the first state on. */
function searchOnce(execution: Execution, options: SearchOptions, begin: number): SearchReport | undefined {
  const {
    preemptions: most = Number.POSITIVE_INFINITY,
    maxMs = Number.POSITIVE_INFINITY,
    maxStates = Number.POSITIVE_INFINITY,
  } = options
  const racing = execution.stale?.addresses.size
  const bounded = most < Number.POSITIVE_INFINITY
  const seen = new Set<number>()
  const path: Node[] = []
  let [executions, steps, complete] = [0, 0, true]
  const report = (failure?: Failure): SearchReport => {
    const schedule = path.map(({ choices, at }) => choices[at] as Choice)
    return {
      executions,
      states: seen.size,
      steps,
      complete,
      ms: performance.now() - begin,
      ...(failure && { failure: { ...failure, schedule } }),
    }
  }
  for (;;) {
    executions++
    execution.keepHistories(path.length === 0)
    execution.begin()
    let used = 0
    for (const [i, { choices, at, histories }] of path.entries()) {
      if (execution.failure) break
      if (i === path.length - 1) execution.keepHistories(true, histories)
      const choice = choices[at] as Choice
      used += preempts(execution, choice)
      execution.apply(choice)
    }
    while (!execution.failure) {
      const key = execution.key(bounded ? (execution.last + 1) * 64 + used : 0)
      if (seen.has(key)) break
      seen.add(key)
      let choices = execution.choices()
      if (choices.length === 0) {
        execution.finish()
        break
      }
      if (bounded && used >= most) choices = choices.filter((choice) => preempts(execution, choice) === 0)
      path.push({ choices, at: 0, histories: execution.histories() })
      used += preempts(execution, choices[0] as Choice)
      execution.apply(choices[0] as Choice)
    }
    steps += execution.steps
    if (execution.failure) return report(execution.failure)
    if (execution.stale?.addresses.size !== racing) return undefined
    let last = path.at(-1)
    while (last !== undefined && ++last.at >= last.choices.length) {
      path.pop()
      last = path.at(-1)
    }
    if (last === undefined) return report()
    if (seen.size >= maxStates || ((executions & 63) === 0 && performance.now() - begin > maxMs)) {
      complete = false
      return report()
    }
  }
}

/** 1 where another thread is made to move though the last one could go on; a death takes nobody's turn. */
function preempts(execution: Execution, { thread, how }: Choice): number {
  if (how === DIE || how < RUN) return 0
  return thread !== execution.last && execution.last >= 0 && execution.isEnabled(execution.last) ? 1 : 0
}
