/** Shared memory by name. */
export type Memory = Record<string, number>

/** What a thread does next, indivisibly. */
export type Step =
  | ((memory: Memory) => number)
  /** Atomics.wait: sleeps while the word is `while`; a `timed` one may end at any moment. Gives whether it timed out. */
  | { readonly sleepOn: string; readonly while: number; readonly timed: boolean }
  /** Atomics.notify. */
  | { readonly wake: string }

/** A thread: yields each access to shared memory, gets its value, returns its outcome. */
export type Thread = Generator<Step, unknown, number>

export const TIMED_OUT = 1
export const WOKEN = 0

class Run {
  readonly #thread: Thread
  /** Everything it has seen; with the code that is all its state. */
  readonly seen: number[] = []
  asleepOn: string | undefined
  #at: IteratorResult<Step, unknown>

  constructor(thread: Thread) {
    this.#thread = thread
    this.#at = thread.next()
  }

  get done() {
    return this.#at.done === true
  }

  get outcome() {
    return this.#at.value
  }

  get mayTimeOut() {
    const step = this.#at.value
    return (
      this.asleepOn !== undefined && typeof step === 'object' && step !== null && 'timed' in step && step.timed === true
    )
  }

  resume(value: number) {
    this.asleepOn = undefined
    this.seen.push(value)
    this.#at = this.#thread.next(value)
  }

  step(memory: Memory, all: readonly Run[]) {
    const step = this.#at.value as Step
    if (this.asleepOn !== undefined) this.resume(TIMED_OUT)
    else if (typeof step === 'function') this.resume(step(memory))
    else if ('wake' in step) {
      for (const other of all) if (other.asleepOn === step.wake) other.resume(WOKEN)
      this.resume(0)
    } else if (memory[step.sleepOn] === step.while) this.asleepOn = step.sleepOn
    else this.resume(WOKEN)
  }
}

/**
 * Runs the threads in every possible order of their steps (sequential consistency, which Atomics promise) and gives
 * `verify` the outcomes of each complete run. Two runs that reach the same memory with each thread having seen the same
 * are one from there on.
 *
 * @throws when threads sleep and nobody is left to wake them, with the schedule that leads there
 * @returns how many distinct states there are
 */
export function explore(memory: Memory, start: () => Thread[], verify: (outcomes: unknown[]) => void): number {
  const states = new Set<string>()
  const schedules: number[][] = [[]]
  for (let schedule = schedules.pop(); schedule !== undefined; schedule = schedules.pop()) {
    const now = { ...memory }
    const runs = start().map((thread) => new Run(thread))
    for (const choice of schedule) runs[choice]?.step(now, runs)
    const state = JSON.stringify([now, runs.map(({ seen, asleepOn }) => [seen, asleepOn])])
    if (states.has(state)) continue
    states.add(state)
    const ready = [...runs.keys()].filter((i) => {
      const run = runs[i] as Run
      return !run.done && (run.asleepOn === undefined || run.mayTimeOut)
    })
    for (const choice of ready) schedules.push([...schedule, choice])
    if (ready.length > 0) continue
    if (runs.some(({ done }) => !done)) throw new Error(`asleep for ever after ${schedule.join('')}`)
    verify(runs.map(({ outcome }) => outcome))
  }
  return states.size
}
