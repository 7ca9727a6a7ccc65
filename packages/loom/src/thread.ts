import { Hash } from './hash.js'
import { type Operation, operation, perform, type Steps } from './operation.js'
import type { Runtime } from './runtime.js'
import type { ThreadScript } from './scenario.js'
import type { VirtualPromise } from './virtual-promise.js'

/** A plain access since the thread's last step. */
export interface PlainAccess {
  readonly address: number
  readonly bytes: number
  readonly isWrite: boolean
  readonly site: number
}

/** How far a thread has come: `later` where it begins when another is over. */
export type Status = 'later' | 'ready' | 'asleep' | 'over' | 'dead'

const STATUSES: readonly Status[] = ['later', 'ready', 'asleep', 'over', 'dead']

/** One of the threads of an execution, with a world of its own. */
export class Thread {
  readonly name: string
  readonly index: number
  readonly script: ThreadScript
  readonly runtime: Runtime
  status: Status = 'later'
  /** What it does when it is its turn. */
  next: Operation = operation('idle', -1)
  steps: Steps | undefined
  /** All that it has been answered; with its code that is all its state. */
  readonly history = new Hash()
  /** Off while an execution does again what has been done before, whose outcome is known. */
  keepsHistory = true
  readonly open: PlainAccess[] = []
  /** Changes of memory by others, and how many there were at its last `pause`. */
  changes = 0
  mark = 0
  /** For racing reads: how many writes of each thread come before what this one does now. */
  readonly clock: number[] = []
  /** Which of its asynchronous waits have been ended by others, in that order. */
  readonly arrived: number[] = []
  asyncWaits = 0
  notes: unknown[] = []
  value: unknown
  readonly #noted = new Hash()
  /** Whether all its state can be looked at, at each of its notes. */
  readonly forgets: boolean
  /** Whether one of its asynchronous waits has not ended. */
  isWaiting: () => boolean = () => false

  constructor(name: string, index: number, script: ThreadScript, runtime: Runtime, forgets: boolean) {
    this.name = name
    this.index = index
    this.script = script
    this.runtime = runtime
    this.forgets = forgets
  }

  /** Ready for another execution, before it has done anything. */
  reset(handle: unknown): void {
    this.status = 'later'
    this.history.reset()
    this.open.length = 0
    this.changes = 0
    this.mark = 0
    this.clock.fill(0)
    this.arrived.length = 0
    this.asyncWaits = 0
    this.notes = []
    this.#noted.reset()
    this.value = undefined
    this.runtime.reset()
    const ready = this.script.start === undefined ? handle : this.runtime.run(this.script.start(handle))
    this.steps = this.#live(ready)
  }

  get isAlive(): boolean {
    return this.status === 'ready' || this.status === 'asleep'
  }

  hash(hash: Hash): void {
    hash.word(STATUSES.indexOf(this.status))
    hash.word(this.history.a)
    hash.word(this.history.b)
    hash.word(this.changes > this.mark ? 1 : 0)
    for (const wait of this.arrived) hash.word(wait)
  }

  /**
   * What the thread has been answered so far counts by what has come of it, which can be looked at: its notes, the objects it
   * began with, the variables of its modules. Many ways to get there are one from here on.
   */
  #forget(ready: unknown): void {
    this.asyncWaits = 0
    if (!this.keepsHistory) return
    const { history, runtime } = this
    const met = new Map<object, number>()
    history.reset()
    history.word(this.#noted.a)
    history.word(this.#noted.b)
    history.value(runtime.loop.now)
    history.graph(ready, met)
    runtime.hash(history, met)
  }

  /** The whole life of the thread: its function, then what its event loop still has for it. */
  *#live(ready: unknown): Steps {
    const { loop } = this.runtime
    const microtasks = function* (): Steps<void> {
      for (let job = loop.microtasks.shift(); job !== undefined; job = loop.microtasks.shift()) yield* perform(job())
    }
    const note = (value: unknown) => {
      this.notes.push(value)
      this.#noted.value(value)
      if (this.forgets && loop.isQuiet && !this.isWaiting()) this.#forget(ready)
    }
    const result = yield* perform(this.script.run(ready, note))
    yield* microtasks()
    if (!(result instanceof this.runtime.Promise)) return result
    const promise = result as VirtualPromise
    while (promise.state === 'pending') {
      const job = (yield operation('idle', -1)) as () => unknown
      yield* perform(job())
      yield* microtasks()
    }
    if (promise.state === 'rejected') throw promise.value
    return promise.value
  }
}
