import { nowNs } from './clock.js'
import type { Fault, FaultPlace } from './faults.js'
import { sleep } from './waiting.js'

/** The faults of one place, in the loop of the thread that they befall. */
export class FaultLoop {
  readonly #faults: readonly Fault[]
  #due: number[] = []

  private constructor(faults: readonly Fault[]) {
    this.#faults = faults
  }

  /** `undefined`: there is none at this place, and the loop stays as it is. */
  static at(place: FaultPlace, faults: readonly Fault[]): FaultLoop | undefined {
    const here = faults.filter(({ at }) => at === place)
    return here.length === 0 ? undefined : new FaultLoop(here)
  }

  /** A phase begins now. */
  begin(): void {
    const now = nowNs()
    this.#due = this.#faults.map(({ everyNs }) => now + everyNs)
  }

  /** Holds the thread up by what is due. Times missed meanwhile are made up for by nothing. */
  readonly strike = (): void => {
    for (const [index, { how, ns, everyNs }] of this.#faults.entries()) {
      const due = this.#due[index] as number
      const now = nowNs()
      if (now < due) continue
      this.#due[index] = due + everyNs * (1 + Math.floor((now - due) / everyNs))
      if (how === 'sleep') sleep(ns / 1e6)
      // What V8 cuts off a sleep, and all of a spin.
      while (nowNs() - now < ns);
    }
  }
}
