/** What became of a thread. */
export interface Outcome {
  /** What its function returned. */
  readonly value: unknown
  /** What it has noted, in order. */
  readonly notes: readonly unknown[]
  readonly died: boolean
}

/** A thread's function, and what is made ready in the thread before any other runs. */
export interface ThreadScript<Handle = unknown, Ready = unknown> {
  start?(handle: Handle): Ready
  /**
   * `note` keeps what the thread has done so far, for `check`, also where it dies. Where a scenario `forgets`, what the
   * function itself remembers at a note, its variables, must follow from the notes.
   */
  run(ready: Ready, note: (value: unknown) => void): unknown
  /** It begins once this other thread is over, however that came about. */
  readonly after?: string
  /** It may die, before each of its accesses and in each of its sleeps. */
  readonly mayDie?: boolean
}

/**
 * Two threads or more, each with modules of its own, over one handle. Its functions are transformed as the queue is: they
 * call what they test as any program would.
 */
export interface Scenario {
  readonly title: string
  /** Makes what the threads share. */
  setup(): unknown
  readonly threads: Readonly<Record<string, ThreadScript>>
  /** Throws where it should not have come to this. Called once all threads are over, with nobody at work. */
  check(outcomes: Readonly<Record<string, Outcome>>, handle: unknown): unknown
  /** What words are called in a trace, by their byte; with a + at the end, all from there on: `{ 1024: 'slots+' }`. */
  readonly words?: Readonly<Record<number, string>>
  /**
   * Whether all state of what is tested is in properties of what `start` gave and in variables of modules: then two ways to
   * the same state are gone on from once. The default: whether no function changes variables of a function around it.
   */
  readonly forgets?: boolean
  /** Functions, `Class.method` or `method`, whose plain reads may race: they get any value that memory has not ruled out. */
  readonly racy?: readonly string[]
}

/** What a module of scenarios exports by a scenario's name. */
export type ScenarioFactory = (subject: never, parameters: never) => Scenario
