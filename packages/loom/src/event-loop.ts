/** Something to do later; it may be a generator function of the transformed code. */
export type Job = () => unknown

interface Timer {
  readonly due: number
  readonly job: Job
}

/** What a thread has yet to do, once its present call has come to an end. */
export class EventLoop {
  readonly microtasks: Job[] = []
  /** What other threads have caused, in that order. */
  readonly tasks: Job[] = []
  readonly timers = new Map<number, Timer>()
  /** Milliseconds. Only a timeout lets time pass. */
  now = 0
  #nextTimer = 1

  reset(): void {
    this.microtasks.length = 0
    this.tasks.length = 0
    this.timers.clear()
    this.now = 0
    this.#nextTimer = 1
  }

  /** Nothing is left to do. */
  get isQuiet(): boolean {
    return this.microtasks.length + this.tasks.length + this.timers.size === 0
  }

  setTimer(job: Job, ms = 0): number {
    const id = this.#nextTimer++
    this.timers.set(id, { due: this.now + ms, job })
    return id
  }

  /** The timer that is due first. */
  takeTimer(): Job {
    const [id, { due, job }] = [...this.timers].reduce((first, one) => (one[1].due < first[1].due ? one : first))
    this.timers.delete(id)
    this.now = Math.max(this.now, due)
    return job
  }
}
